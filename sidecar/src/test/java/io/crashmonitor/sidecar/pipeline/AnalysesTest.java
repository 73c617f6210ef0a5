package io.crashmonitor.sidecar.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.TextNode;
import io.crashmonitor.sidecar.dump.DumpFile;
import io.crashmonitor.sidecar.dump.DumpInspector;
import io.crashmonitor.sidecar.dump.Inspection;
import io.crashmonitor.sidecar.supervisor.ProcessInstance;
import io.crashmonitor.sidecar.volume.VolumeLayout;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
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
    dump =
        new DumpFile(
            folder.resolve("5_1000_1.dmp"),
            new ProcessInstance(5, 1),
            DumpFile.Origin.HELPER_MOVED,
            99,
            Instant.EPOCH);
    marker = volume.analysisMarker("5_1_99");
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
    DumpJob job = new DumpJob(dump);
    job.analysis = Optional.of(analyses.begin(dump));
    return job;
  }

  private static DumpInspector analysis(Runnable meanwhile) {
    return new DumpInspector() {
      @Override
      public Inspection inspect(Path file) {
        throw new AssertionError("not asked for");
      }

      @Override
      public JsonNode analyse(Path file) {
        meanwhile.run();
        return new TextNode("analysis");
      }
    };
  }
}
