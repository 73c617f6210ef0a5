package io.crashmonitor.sidecar.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import io.crashmonitor.sidecar.dump.DumpFile;
import io.crashmonitor.sidecar.dump.DumpInspector;
import io.crashmonitor.sidecar.dump.Inspection;
import io.crashmonitor.sidecar.supervisor.ProcessInstance;
import io.crashmonitor.sidecar.volume.VolumeLayout;
import java.io.IOException;
import java.lang.ref.WeakReference;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AnalysesTest {
  private static final Duration LONG = Duration.ofSeconds(20);

  @TempDir Path folder;
  private VolumeLayout volume;
  private DumpFile dump;
  private Path marker;

  @BeforeEach
  void prepare() throws IOException {
    volume = new VolumeLayout(folder);
    volume.create();
    dump = dump(5);
    marker = volume.analysisMarker("5_1_99_0");
  }

  @Test
  void leavesNoMarkerBehind() throws InterruptedException {
    try (Analyses analyses = new Analyses(analysis(() -> assertThat(marker).exists()), volume)) {
      assertThat(analyses.await(job(analyses), LONG)).contains(new TextNode("analysis"));
      assertThat(marker).doesNotExist();
    }
  }

  @Test
  void triesAgainAfterAnAgentThatEndedOnce() throws InterruptedException, IOException {
    Files.write(marker, new byte[1]);
    try (Analyses analyses = new Analyses(analysis(() -> {}), volume)) {
      assertThat(analyses.await(job(analyses), LONG)).isPresent();
    }
  }

  @Test
  void givesUpADumpThatEndedTheAgentTwice() throws InterruptedException, IOException {
    Files.write(marker, new byte[2]);
    try (Analyses analyses = new Analyses(analysis(() -> {}), volume)) {
      DumpJob job = job(analyses);
      assertThat(analyses.await(job, LONG)).isEmpty();
      assertThat(job.analysis).isEmpty();
    }
  }

  @Test
  void triesItNeverAgainAsLongAsTheDumpIsThere() throws InterruptedException, IOException {
    Files.write(marker, new byte[2]);
    for (int agent = 1; agent <= 3; agent++) {
      try (Analyses analyses = new Analyses(analysis(() -> {}), volume)) {
        assertThat(analyses.await(job(analyses), LONG)).as("agent " + agent).isEmpty();
      }
    }
    try (Analyses analyses = new Analyses(analysis(() -> {}), volume)) {
      analyses.forget(dump);
      assertThat(marker).doesNotExist();
    }
  }

  @Test
  void takesWhatTheAgentBeforeHasFound() throws InterruptedException {
    AtomicInteger made = new AtomicInteger();
    for (int agent = 1; agent <= 2; agent++) {
      try (Analyses analyses = new Analyses(analysis(made::incrementAndGet), volume)) {
        assertThat(analyses.await(job(analyses), LONG)).contains(new TextNode("analysis"));
      }
    }
    assertThat(made).hasValue(1);
  }

  @Test
  void leavesNothingBehindOfADumpThatIsGone() throws InterruptedException {
    try (Analyses analyses = new Analyses(analysis(() -> {}), volume)) {
      DumpJob job = job(analyses);
      analyses.await(job, LONG);
      assertThat(volume.control()).isNotEmptyDirectory();
      analyses.forget(dump);
      assertThat(volume.control()).isEmptyDirectory();
      assertThat(analyses.await(job, LONG)).isEmpty();
    }
  }

  @Test
  void holdsNoneInMemoryHoweverManyDumpsWait() throws InterruptedException {
    // given
    Queue<WeakReference<JsonNode>> made = new ConcurrentLinkedQueue<>();
    DumpInspector inspector =
        report(
            () -> {
              ObjectNode report = JsonNodeFactory.instance.objectNode();
              report.put("threads", "x".repeat(200_000));
              made.add(new WeakReference<>(report));
              return report;
            });
    try (Analyses analyses = new Analyses(inspector, volume)) {
      List<DumpJob> waiting = new ArrayList<>();
      for (int i = 0; i < 200; i++) {
        waiting.add(job(analyses, dump(i)));
      }
      // when
      for (DumpJob job : waiting) {
        assertThat(analyses.await(job, LONG)).isPresent();
      }
      // then
      await()
          .atMost(Duration.ofMinutes(2))
          .untilAsserted(
              () -> {
                System.gc();
                assertThat(made).hasSize(200).allMatch(report -> report.get() == null);
              });
      assertThat(waiting).allMatch(job -> job.analysis.isPresent());
      assertThat(analyses.await(waiting.get(0), LONG)).isPresent();
    }
  }

  @Test
  void survivesAnAnalysisThatNeedsTooMuchMemory() throws InterruptedException {
    DumpInspector greedy =
        analysis(
            () -> {
              throw new OutOfMemoryError("for the test");
            });
    try (Analyses analyses = new Analyses(greedy, volume)) {
      assertThat(analyses.await(job(analyses), LONG)).isEmpty();
      assertThat(marker).doesNotExist();
    }
  }

  @Test
  void doesNotWaitLongerThanItMay() throws InterruptedException {
    CountDownLatch never = new CountDownLatch(1);
    DumpInspector slow =
        analysis(
            () -> {
              try {
                never.await();
              } catch (InterruptedException givenUp) {
                Thread.currentThread().interrupt();
              }
            });
    try (Analyses analyses = new Analyses(slow, volume)) {
      DumpJob job = job(analyses);
      assertThat(analyses.await(job, Duration.ofMillis(50))).isEmpty();
      assertThat(job.analysis).as("still pending").isPresent();
      analyses.cancel(job);
      assertThat(job.analysis).isEmpty();
    }
  }

  private DumpJob job(Analyses analyses) {
    return job(analyses, dump);
  }

  private static DumpJob job(Analyses analyses, DumpFile dump) {
    DumpJob job = new DumpJob(dump);
    job.analysis = Optional.of(analyses.begin(dump));
    return job;
  }

  private DumpFile dump(int pid) {
    return new DumpFile(
        folder.resolve(pid + "_1000_1.dmp"),
        new ProcessInstance(pid, 1),
        DumpFile.Origin.HELPER_MOVED,
        99,
        Instant.EPOCH);
  }

  private static DumpInspector analysis(Runnable meanwhile) {
    return report(
        () -> {
          meanwhile.run();
          return new TextNode("analysis");
        });
  }

  private static DumpInspector report(Supplier<JsonNode> report) {
    return new DumpInspector() {
      @Override
      public Inspection inspect(Path file) {
        throw new AssertionError("not asked for");
      }

      @Override
      public JsonNode analyse(Path file) {
        return report.get();
      }
    };
  }
}
