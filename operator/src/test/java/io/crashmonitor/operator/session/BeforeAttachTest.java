package io.crashmonitor.operator.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.crashmonitor.api.ConditionTypes;
import io.crashmonitor.api.CrashKind;
import io.crashmonitor.operator.crash.CrashPicture.Unrecorded;
import io.crashmonitor.operator.crash.DumplessReport;
import io.crashmonitor.operator.inject.Termination;
import io.crashmonitor.report.DumpReport;
import io.crashmonitor.report.ExitCode;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class BeforeAttachTest {
  private static final Termination EARLY =
      new Termination(
          Scene.CREATED.plusSeconds(20),
          Scene.CREATED.plusSeconds(21),
          new ExitCode(0xC0000005),
          0,
          "Error");

  /** The debugger was on after 2.3 s, let go later, and came back after ten minutes. */
  private final Scene scene =
      Scene.monitoring()
          .pod(
              "checkout-1",
              p -> p.ended(EARLY).detached("", "").attachedAfter(Duration.ofMillis(2300)))
          .at(Duration.ofMinutes(3));

  @Test
  void aCrashBeforeTheDebuggerIsNamedWithTheDelayOfTheFirstAttachAndTheWayOut() {
    assertThat(scene.status().recentCrashes())
        .singleElement()
        .matches(crash -> crash.kind() == CrashKind.CrashedBeforeAttach);
    assertThat(message())
        .contains("1 crash of this run came before", "3 s after the start")
        .contains("capture.engine: CreateDump", "capture.attach: Manual");
    assertThat(DumplessReport.of(early(), "uid", "shop", "Deployment/x", Optional.empty()))
        .returns(2300L, DumpReport::attachedAfterMillis);
  }

  @Test
  void anOperatorThatHeardNoAgentYetSaysTheSame() {
    String before = message();

    scene.stored(early().crash()).silent();

    assertThat(scene.situation().seen().agents()).isEmpty();
    assertThat(message()).isEqualTo(before);
  }

  @Test
  void anAttachThatWasPutOffTellsNoDelay() {
    scene.pod("checkout-1", p -> p.ended(EARLY).detached("", "").attachedAfter(null));

    assertThat(message()).contains("1 crash of this run came before").doesNotContain("s after");
  }

  private Unrecorded early() {
    return scene.situation().crashes().orElseThrow().unrecorded().get(0);
  }

  private String message() {
    return Conditions.find(scene.status().conditions(), ConditionTypes.ATTACHED)
        .orElseThrow()
        .getMessage();
  }
}
