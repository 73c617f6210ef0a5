package io.crashmonitor.testbed.node;

import io.fabric8.kubernetes.api.model.Probe;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * How a probe stands: when it is due, and what its thresholds make of its last results.
 *
 * @param verdict empty until a threshold is reached for the first time
 */
record ProbeTracker(
    Duration period,
    int successThreshold,
    int failureThreshold,
    Instant due,
    int successes,
    int failures,
    Optional<Boolean> verdict) {

  static ProbeTracker of(Probe probe, Instant startedAt) {
    return new ProbeTracker(
        Duration.ofSeconds(orElse(probe.getPeriodSeconds(), 10)),
        orElse(probe.getSuccessThreshold(), 1),
        orElse(probe.getFailureThreshold(), 3),
        startedAt.plusSeconds(orElse(probe.getInitialDelaySeconds(), 0)),
        0,
        0,
        Optional.empty());
  }

  ProbeTracker after(boolean success, Instant now) {
    int good = success ? successes + 1 : 0;
    int bad = success ? 0 : failures + 1;
    Optional<Boolean> judged =
        good >= successThreshold
            ? Optional.of(true)
            : bad >= failureThreshold ? Optional.of(false) : verdict;
    return new ProbeTracker(
        period, successThreshold, failureThreshold, now.plus(period), good, bad, judged);
  }

  boolean passed() {
    return verdict.orElse(false);
  }

  /** Whether the failures count as such: the container is to be killed or not ready. */
  boolean failed() {
    return !verdict.orElse(true);
  }

  private static int orElse(Integer value, int otherwise) {
    return value == null ? otherwise : value;
  }
}
