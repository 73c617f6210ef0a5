package io.crashmonitor.operator.inject;

import static org.assertj.core.api.Assertions.assertThat;

import io.crashmonitor.api.CaptureEngine;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.EnvVar;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class ProcDumpSourceTest {
  private static final ProcDumpSource SOURCE =
      new ProcDumpSource(URI.create("https://tools.example/procdump.zip"), "0a".repeat(32));

  @Test
  void aNewSidecarIsToldWhereProcDumpIs() {
    assertThat(procDump(SidecarContainer.of(settings(Optional.of(SOURCE)))))
        .isEqualTo(
            Map.of(
                "CRASH_MONITOR_PROCDUMP_URL",
                "https://tools.example/procdump.zip",
                "CRASH_MONITOR_PROCDUMP_SHA256",
                "0a".repeat(32)));
  }

  @Test
  void aSidecarWithProcDumpInItsImageIsToldNothing() {
    assertThat(procDump(SidecarContainer.of(settings(Optional.empty())))).isEmpty();
  }

  @Test
  void aLiveSidecarKeepsWhatItWasTold() {
    Container told =
        SidecarContainer.of(settings(Optional.of(SOURCE)))
            .build("uid", "app", CaptureEngine.ProcDump);
    Container notTold =
        SidecarContainer.of(settings(Optional.empty())).build("uid", "app", CaptureEngine.ProcDump);

    assertThat(SidecarContainer.frozen(told).build("uid", "app", CaptureEngine.ProcDump))
        .isEqualTo(told);
    assertThat(SidecarContainer.frozen(notTold).build("uid", "app", CaptureEngine.ProcDump))
        .isEqualTo(notTold);
  }

  private static Map<String, String> procDump(SidecarContainer container) {
    return container.build("uid", "app", CaptureEngine.ProcDump).getEnv().stream()
        .filter(variable -> variable.getName().contains("PROCDUMP"))
        .collect(Collectors.toMap(EnvVar::getName, EnvVar::getValue));
  }

  private static SidecarSettings settings(Optional<ProcDumpSource> procDump) {
    return new SidecarSettings(
        "sidecar:2", "https://agents.example", List.of(), "50m", "96Mi", "256Mi", procDump);
  }
}
