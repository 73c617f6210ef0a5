package io.crashmonitor.operator.crash;

import io.crashmonitor.agent.AgentState;
import java.time.Duration;
import java.util.Comparator;
import java.util.Optional;

/**
 * How long a process of a pod runs before the debugger is on: a crash within it is one before the
 * attach. Only the first attach tells it; a later one came after a pause. Pure.
 */
final class AttachDelay {
  private AttachDelay() {}

  /** The longest of the processes that live; empty while none was ever attached. */
  static Optional<Duration> of(AgentState agent) {
    return agent.processes().stream()
        .filter(p -> p.startTime() != null && p.firstAttachedAt() != null)
        .map(p -> Duration.between(p.startTime(), p.firstAttachedAt()))
        // Times of a pod: what cannot be is left out.
        .filter(delay -> !delay.isNegative() && delay.compareTo(Duration.ofHours(1)) < 0)
        .max(Comparator.naturalOrder());
  }
}
