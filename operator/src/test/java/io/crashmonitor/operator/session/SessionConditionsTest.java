package io.crashmonitor.operator.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.crashmonitor.api.ConditionTypes;
import io.crashmonitor.api.CrashMonitorSessionStatus;
import io.crashmonitor.api.Names;
import io.crashmonitor.api.Reasons;
import io.fabric8.kubernetes.api.model.Condition;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What conditions say, and when. */
class SessionConditionsTest extends StatusOfScenes {
  @Test
  void aTransitionTimeMovesWithTheStatusAndNotWithTheMessage() {
    Scene scene = Scene.monitoring().remember();
    Condition before = condition(scene.status(), ConditionTypes.READY);
    scene.at(Duration.ofMinutes(9)).dumps(3);

    CrashMonitorSessionStatus after = scene.status();
    assertThat(condition(after, ConditionTypes.READY).getReason())
        .isEqualTo(Reasons.MAX_DUMPS_REACHED);
    assertThat(condition(after, ConditionTypes.READY).getLastTransitionTime())
        .isEqualTo(before.getLastTransitionTime());
    assertThat(condition(after, ConditionTypes.COMPLETED).getLastTransitionTime())
        .isEqualTo("2026-11-22T08:09:00Z");
  }

  @Test
  void noneAttachedIsAFaultAfterFiveMinutes() {
    Scene scene =
        Scene.monitoring()
            .pod("checkout-1", p -> p.detached("WaitingForProcess", "").spoke(at(400)))
            .remember();
    assertThat(
            condition(scene.at(Duration.ofSeconds(419)).status(), ConditionTypes.READY).getStatus())
        .isEqualTo("True");

    CrashMonitorSessionStatus late = scene.at(Duration.ofSeconds(420)).status();
    assertThat(condition(late, ConditionTypes.READY).getStatus()).isEqualTo("False");
    assertThat(condition(late, ConditionTypes.READY).getReason())
        .isEqualTo(Reasons.NOTHING_ATTACHED);
  }

  @Test
  void noReplicaIsNoFault() {
    Scene scene = Scene.monitoring().noPods().remember().at(Duration.ofHours(5));
    assertThat(condition(scene.status(), ConditionTypes.READY).getStatus()).isEqualTo("True");
    assertThat(condition(scene.status(), ConditionTypes.ATTACHED).getReason())
        .isEqualTo(Reasons.NO_REPLICAS);
  }

  @Test
  void anAgentThatIsSilentForTwoMinutesIsUnreachable() {
    Scene scene = Scene.monitoring().pod("checkout-1", p -> p.spoke(at(100)));
    assertThat(attached(scene.at(Duration.ofSeconds(219)))).isEqualTo(Reasons.ATTACHED);
    assertThat(attached(scene.at(Duration.ofSeconds(220)))).isEqualTo(Reasons.AGENT_UNREACHABLE);
  }

  @Test
  void aDiskWithoutRoomIsNamed() {
    assertThat(attached(Scene.monitoring().pod("checkout-1", p -> p.detached("DiskLow", ""))))
        .isEqualTo(Reasons.DISK_LOW);
  }

  @Test
  void anOlderSidecarIsNamed() {
    Condition injected =
        condition(Scene.monitoring().injectedWith("sidecar:1").status(), ConditionTypes.INJECTED);
    assertThat(injected.getStatus()).isEqualTo("True");
    assertThat(injected.getReason()).isEqualTo(Reasons.SIDECAR_OUTDATED);
  }

  @Test
  void aRequestThatCannotBeTakenUpIsNamed() {
    Condition stalled =
        condition(
            Scene.monitoring().annotate(Names.STOP_REQUESTED_AT, "soon").status(),
            ConditionTypes.STALLED);
    assertThat(stalled.getStatus()).isEqualTo("False");
    assertThat(stalled.getReason()).isEqualTo(Reasons.REQUEST_INVALID);
    assertThat(stalled.getMessage()).contains(Names.STOP_REQUESTED_AT);
  }

  @Test
  void aReleaseThatIsRefusedIsNotCalledDone() {
    Scene failed =
        Scene.monitoring()
            .pod("checkout-1", p -> p.appWaits("PostStartHookError", "oops"))
            .refused("denied by policy freeze")
            .remember();
    CrashMonitorSessionStatus refused = failed.status();

    assertThat(condition(refused, ConditionTypes.READY).getMessage())
        .contains("still in the workload", "denied by policy freeze")
        .doesNotContain("was taken out");
    assertThat(condition(refused, ConditionTypes.STALLED).getMessage()).contains("oops");
    assertThat(failed.remember().status()).as("at the next turn too").isEqualTo(refused);
  }

  @Test
  void completedSaysWhatFitsThePhase() {
    Map<Scene, String> next =
        Map.of(
            Scene.monitoring(), Names.STOP_REQUESTED_AT,
            Scene.of("state: Disabled"), Names.RUN_REQUESTED_AT,
            Scene.withWorkloadIdentity(), "use secretRef",
            Scene.fresh().older("first"), "delete or disable",
            Scene.of("startTime: \"2026-11-23T08:00:00Z\""), "begins at 2026-11-23T08:00:00Z");
    assertThat(next)
        .allSatisfy(
            (scene, words) ->
                assertThat(condition(scene.status(), ConditionTypes.COMPLETED).getMessage())
                    .contains(words));
    assertThat(
            condition(Scene.of("state: Disabled").status(), ConditionTypes.COMPLETED).getMessage())
        .doesNotContain(Names.STOP_REQUESTED_AT);
  }

  @Test
  void aDisabledSessionSaysHowItGoesOn() {
    CrashMonitorSessionStatus disabled = Scene.of("state: Disabled").status();
    assertThat(disabled.conditions())
        .filteredOn(c -> !"True".equals(c.getStatus()))
        .filteredOn(
            c ->
                c.getType().equals(ConditionTypes.INJECTED)
                    || c.getType().equals(ConditionTypes.ATTACHED)
                    || c.getType().equals(ConditionTypes.COMPLETED))
        .hasSize(3)
        .allSatisfy(c -> assertThat(c.getMessage()).contains(Names.RUN_REQUESTED_AT));
  }

  private static String attached(Scene scene) {
    return condition(scene.status(), ConditionTypes.ATTACHED).getReason();
  }
}
