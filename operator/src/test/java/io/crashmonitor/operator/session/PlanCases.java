package io.crashmonitor.operator.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.crashmonitor.api.ConditionTypes;
import io.crashmonitor.api.CrashMonitorSessionStatus;
import io.crashmonitor.api.Phase;
import io.crashmonitor.operator.session.SessionStatusFactory.Written;
import io.fabric8.kubernetes.api.model.Condition;
import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Situations and what the planner makes of them; each class that extends this has its {@code
 * cases}.
 */
abstract class PlanCases {
  /** Ready, Reconciling, Stalled. */
  static final String SETTLED = "True False False";

  static final String WORKING = "False True False";
  static final String STUCK = "False False True";
  static final String PAUSED = "False False False";

  @ParameterizedTest(name = "{0}")
  @MethodSource("cases")
  void theFirstThatIsTrueDecides(
      String name,
      Scene scene,
      Class<? extends Plan> plan,
      Phase phase,
      String reason,
      String kstatus) {
    assertThat(scene.plan()).isInstanceOf(plan);
    CrashMonitorSessionStatus status = scene.status();
    assertThat(status.phase()).isEqualTo(phase);
    Condition ready = condition(status, ConditionTypes.READY);
    assertThat(ready.getReason()).isEqualTo(reason);
    assertThat(
            ready.getStatus()
                + " "
                + condition(status, ConditionTypes.RECONCILING).getStatus()
                + " "
                + condition(status, ConditionTypes.STALLED).getStatus())
        .as("Ready Reconciling Stalled")
        .isEqualTo(kstatus);
    assertThat(status.conditions())
        .extracting(Condition::getType)
        .containsExactlyElementsOf(ConditionTypes.ALL);
    assertThat(status.conditions()).allSatisfy(c -> assertThat(c.getMessage()).isNotBlank());
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("cases")
  void theSameObservationGivesTheSameStatus(
      String name,
      Scene scene,
      Class<? extends Plan> plan,
      Phase phase,
      String reason,
      String kstatus) {
    CrashMonitorSessionStatus first = scene.status();
    assertThat(scene.remember().status().conditions()).isEqualTo(first.conditions());
  }

  static Arguments row(
      String name,
      Scene scene,
      Class<? extends Plan> plan,
      Phase phase,
      String reason,
      String kstatus) {
    return Arguments.of(name, scene, plan, phase, reason, kstatus);
  }

  static Scene pullError() {
    return Scene.monitoring()
        .pod("checkout-1", p -> p.sidecarWaits("ImagePullBackOff", "no such image"));
  }

  static Scene failed() {
    return pullError().remember().at(Duration.ofMinutes(5)).remember();
  }

  static Scene wipedTimes(int heals) {
    Scene scene = Scene.monitoring();
    for (int i = 0; i < heals; i++) {
      scene.at(Duration.ofMinutes(3 + i)).remember(Written.Healed);
    }
    return scene.at(Duration.ofMinutes(10)).wiped().noPods();
  }

  static Condition condition(CrashMonitorSessionStatus status, String type) {
    return Conditions.find(status.conditions(), type).orElseThrow();
  }
}
