package io.crashmonitor.testbed.node;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * How long a container that failed waits for its next start, as the kubelet counts it
 * (client-go/util/flowcontrol): the first restart is immediate, then the wait doubles from {@code
 * base} to {@code max}, and is forgotten after twice {@code max} without a restart.
 *
 * @param delay the wait that counts from the next end; empty before the first start
 */
record Backoff(Duration base, Duration max, Optional<Duration> delay, Instant lastStart) {

  static Backoff of(Duration base, Duration max) {
    return new Backoff(base, max, Optional.empty(), Instant.EPOCH);
  }

  /** When something that ended then may start again. */
  Instant notBefore(Instant endedAt) {
    return expired(endedAt) ? endedAt : endedAt.plus(delay.orElse(Duration.ZERO));
  }

  /** After a restart. */
  Backoff restarted(Instant endedAt, Instant now) {
    Duration next =
        delay.isEmpty() || expired(endedAt) ? base : min(delay.get().multipliedBy(2), max);
    return new Backoff(base, max, Optional.of(next), now);
  }

  private boolean expired(Instant endedAt) {
    return Duration.between(lastStart, endedAt).compareTo(max.multipliedBy(2)) > 0;
  }

  private static Duration min(Duration a, Duration b) {
    return a.compareTo(b) < 0 ? a : b;
  }
}
