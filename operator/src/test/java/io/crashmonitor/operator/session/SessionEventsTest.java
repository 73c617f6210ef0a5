package io.crashmonitor.operator.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.crashmonitor.api.CrashMonitorSessionStatus;
import io.crashmonitor.api.Names;
import io.crashmonitor.operator.session.SessionEvents.Happening;
import io.crashmonitor.operator.session.SessionStatusFactory.Written;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class SessionEventsTest {
  @Test
  void aDeletionThatWaitsIsToldWithItsReasonAndTheNextStep() {
    SessionEvents.Happening told = SessionEvents.releaseRefused("denied by policy freeze");
    assertThat(told.warning()).isTrue();
    assertThat(told.note()).contains("denied by policy freeze").contains("Remove what is in");
    assertThat(SessionEvents.releaseRefused("denied by policy freeze").key())
        .as("the same refusal is one event")
        .isEqualTo(told.key());
  }

  @Test
  void theSameStatusTellsNothing() {
    CrashMonitorSessionStatus status = Scene.monitoring().dumps(3).status();
    assertThat(SessionEvents.between(Optional.of(status), status)).isEmpty();
  }

  @Test
  void aCrashWithItsDumpIsToldOnce() {
    CrashMonitorSessionStatus before = Scene.monitoring().dumps(1).status();
    CrashMonitorSessionStatus after = Scene.monitoring().dumps(2).status();
    assertThat(reasons(before, after)).containsExactly("CrashDetected", "DumpStored");
  }

  @Test
  void theEndOfARunIsTold() {
    CrashMonitorSessionStatus before = Scene.monitoring().dumps(3).status();
    CrashMonitorSessionStatus stopped = Scene.monitoring("state: Stopped").remember().status();
    assertThat(reasons(Scene.monitoring().status(), stopped)).containsExactly("SessionCompleted");
    assertThat(before.completion()).isNotNull();
  }

  @Test
  void injectionAndReleaseAreTold() {
    CrashMonitorSessionStatus before = Scene.fresh().status();
    CrashMonitorSessionStatus injected = Scene.fresh().injected().status(Written.Injected);
    CrashMonitorSessionStatus released = Scene.of("state: Disabled").status(Written.Released);

    assertThat(reasons(before, injected)).containsExactly("SidecarInjected");
    assertThat(reasons(injected, released)).containsExactly("SidecarReleased");
  }

  @Test
  void aConflictIsToldOnceAsAWarning() {
    CrashMonitorSessionStatus before = Scene.fresh().status();
    CrashMonitorSessionStatus conflict = Scene.fresh().refused("conflict with helm").status();

    assertThat(SessionEvents.between(Optional.of(before), conflict))
        .singleElement()
        .matches(h -> h.warning() && h.reason().equals("FieldConflict"))
        .matches(h -> h.note().contains("helm"));
    assertThat(SessionEvents.between(Optional.of(conflict), conflict)).isEmpty();
  }

  @Test
  void crashesOfAnotherRunAreNoNews() {
    CrashMonitorSessionStatus before =
        Scene.monitoring().annotate(Names.RUN_REQUESTED_AT, Scene.CREATED.plusSeconds(10)).status();
    assertThat(reasons(before, Scene.monitoring().dumps(1).status())).isEmpty();
  }

  private static List<String> reasons(
      CrashMonitorSessionStatus before, CrashMonitorSessionStatus after) {
    return SessionEvents.between(Optional.of(before), after).stream()
        .map(Happening::reason)
        .toList();
  }
}
