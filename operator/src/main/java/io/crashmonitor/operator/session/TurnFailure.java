package io.crashmonitor.operator.session;

import io.crashmonitor.api.ConditionTypes;
import io.crashmonitor.api.CrashMonitorSessionStatus;
import io.crashmonitor.api.Reasons;
import io.crashmonitor.operator.session.Conditions.Value;
import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** What a session shows while the operator cannot finish a turn: what it knew, and why. */
final class TurnFailure {
  private TurnFailure() {}

  /** The last status with conditions that say what is wrong; everything else stays. */
  static CrashMonitorSessionStatus status(
      CrashMonitorSessionStatus last, long generation, Exception cause, Instant now) {
    Conditions conditions = new Conditions(last.conditions(), now, generation);
    String message =
        "The operator could not finish its work and tries again by itself: "
            + words(cause)
            + ". If it lasts, look at the operator's log and at its permissions.";
    for (String type : ConditionTypes.ALL) {
      conditions.keep(type, Value.Unknown, Reasons.NOT_CHECKED, message);
    }
    conditions.set(ConditionTypes.READY, Value.False, Reasons.OPERATOR_ERROR, message);
    conditions.set(ConditionTypes.RECONCILING, Value.True, Reasons.OPERATOR_ERROR, message);
    if (!isStalled(last)) {
      conditions.set(
          ConditionTypes.STALLED,
          Value.False,
          Reasons.AS_EXPECTED,
          "Nothing waits for the session's owner.");
    }
    List<Condition> all = conditions.inOrder(ConditionTypes.ALL);
    return new CrashMonitorSessionStatus(
        last.observedGeneration(),
        last.phase(),
        last.run(),
        last.earlierRuns(),
        last.request(),
        last.completion(),
        last.engine(),
        last.nextEngine(),
        last.injection(),
        last.storage(),
        last.dumpCount(),
        last.crashCount(),
        last.replicas(),
        last.exitCodes(),
        last.exitCodeGroups(),
        last.recentCrashes(),
        all);
  }

  /** What a session failed of is known by this condition alone, and outlasts a bad turn. */
  private static boolean isStalled(CrashMonitorSessionStatus last) {
    return Conditions.find(last.conditions(), ConditionTypes.STALLED)
        .filter(c -> Value.True.name().equals(c.getStatus()))
        .isPresent();
  }

  /** The API server's words are for users; those of any other exception may hold anything. */
  private static String words(Exception cause) {
    return cause instanceof KubernetesClientException e
        ? Optional.ofNullable(e.getStatus())
            .map(s -> s.getMessage())
            .orElse("the API server did not answer")
        : cause.getClass().getSimpleName();
  }
}
