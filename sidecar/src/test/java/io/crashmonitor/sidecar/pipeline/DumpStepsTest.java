package io.crashmonitor.sidecar.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import io.crashmonitor.agent.SessionConfiguration;
import io.crashmonitor.api.CaptureEngine;
import io.crashmonitor.api.DumpSettings;
import io.crashmonitor.sidecar.BackOff;
import io.crashmonitor.sidecar.dump.DumpFile;
import io.crashmonitor.sidecar.dump.MinidumpInspector;
import io.crashmonitor.sidecar.operator.OperatorClient;
import io.crashmonitor.sidecar.session.KnownSession;
import io.crashmonitor.sidecar.supervisor.HelperState;
import io.crashmonitor.sidecar.supervisor.ProcessInstance;
import io.crashmonitor.sidecar.upload.BlobRest;
import io.crashmonitor.sidecar.upload.DumpUpload;
import io.crashmonitor.sidecar.volume.VolumeLayout;
import java.net.URI;
import java.net.http.HttpClient;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DumpStepsTest {
  private static final Instant T0 = Instant.parse("2026-11-22T08:00:00Z");

  @TempDir Path folder;

  @Test
  void forgetsTheRunOfADumpThatSomebodyTookAway() throws Exception {
    VolumeLayout volume = new VolumeLayout(folder);
    volume.create();
    DumpFile gone =
        new DumpFile(
            volume.ready().resolve("5_1_1.dmp"),
            ProcessInstance.of(5, T0),
            DumpFile.Origin.HELPER_MOVED,
            1,
            T0);
    try (DumpSteps steps = steps(volume)) {
      steps.found(gone);
      assertThat(volume.dumpRuns()).content().contains("5_1_1.dmp");
      assertThat(steps.offer(new DumpJob(gone))).isEqualTo(new Next.Deleted());
    }
    assertThat(volume.dumpRuns()).hasContent("{}");
  }

  /** Nobody answers: what is asked here needs no operator. */
  private DumpSteps steps(VolumeLayout volume) {
    HttpClient http = HttpClient.newHttpClient();
    BackOff backOff = new BackOff(Duration.ofMillis(1), Duration.ofMillis(2));
    return new DumpSteps(
        "pod",
        volume,
        known(),
        () -> HelperState.NONE,
        new OperatorClient(
            URI.create("https://127.0.0.1:1"), folder, Runnable::run, OperatorClient.Limits.USUAL),
        new MinidumpInspector(),
        new DumpUpload(
            new BlobRest(http, BlobRest.USUAL_LIMIT), pause -> {}, new Random(), () -> T0, backOff),
        DumpSteps.Limits.USUAL);
  }

  private static KnownSession known() {
    return new KnownSession() {
      @Override
      public Optional<SessionConfiguration> configuration() {
        return Optional.of(DumpStepsTest.configuration());
      }

      @Override
      public Duration clockOffset() {
        return Duration.ZERO;
      }
    };
  }

  private static SessionConfiguration configuration() {
    return new SessionConfiguration(
        "run-1",
        true,
        "",
        T0.plusSeconds(3600),
        "",
        DumpSettings.DEFAULT,
        CaptureEngine.ProcDump,
        true);
  }
}
