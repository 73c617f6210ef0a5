package io.crashmonitor.sidecar;

import java.time.Duration;
import java.util.random.RandomGenerator;

/**
 * How long to wait after so many failures in a row: doubled each time up to a limit, and spread
 * over its upper half, so that the agents of a cluster do not come back all at once.
 *
 * @param first wait after the first failure
 * @param most longest wait
 */
public record BackOff(Duration first, Duration most) {
  private static final int MOST_DOUBLINGS = 20;

  /** One second to one minute: operator and storage. */
  public static final BackOff USUAL = new BackOff(Duration.ofSeconds(1), Duration.ofSeconds(60));

  /**
   * The wait.
   *
   * @param failures in a row, from 1
   */
  public Duration delay(int failures, RandomGenerator random) {
    long doubled = first.toMillis() << Math.min(MOST_DOUBLINGS, Math.max(0, failures - 1));
    long ceiling = Math.min(most.toMillis(), doubled);
    return Duration.ofMillis(ceiling / 2 + random.nextLong(ceiling / 2 + 1));
  }
}
