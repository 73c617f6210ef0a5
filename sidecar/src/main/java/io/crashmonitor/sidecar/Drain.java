package io.crashmonitor.sidecar;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * The pod's end. The kubelet runs the preStop hook at once, beside the app's own end, and asks the
 * container to end once the app has: a dump can come at any time between. So the hook is held while
 * something waits and no longer, the agent lives on, and the end proper is one more drain, with
 * what is left of the grace period.
 *
 * @param since when the pod's end began, as far as is known; empty while nobody asked
 * @param held whether the preStop hook waits
 * @param ending whether the container is asked to end
 */
record Drain(Optional<Instant> since, boolean held, boolean ending) {
  /** What to do. */
  enum Verdict {
    NOTHING,
    GO_ON,
    /** The hook waits for nothing any more; the agent lives on. */
    RELEASE,
    /** Nothing waits any more: the agent ends. */
    DONE,
    /** What still waits is lost: the agent tells so and ends. */
    OVER
  }

  static final Drain NONE = new Drain(Optional.empty(), false, false);

  // Beyond the time for uploads: by then the kubelet has ended the container that it asked.
  private static final Duration LONGEST_AFTER = Duration.ofSeconds(30);

  /**
   * @param hook whether the preStop hook waits now
   * @param end whether the container is asked to end
   * @param limit how long uploads may take
   */
  Drain seen(boolean hook, boolean end, Instant now, Duration limit) {
    boolean another = hook && !held || end && !isOfNow(now, limit);
    return new Drain(another ? Optional.of(now) : since, hook, end);
  }

  /** Whether the pod may be ending now. A drain of long ago was somebody's exercise. */
  boolean isOfNow(Instant now, Duration limit) {
    return since.filter(begun -> now.isBefore(begun.plus(limit).plus(LONGEST_AFTER))).isPresent();
  }

  Verdict verdict(boolean somethingWaits, Instant now, Duration limit) {
    if (!held && !ending) {
      return Verdict.NOTHING;
    }
    boolean over = since.filter(begun -> !now.isBefore(begun.plus(limit))).isPresent();
    if (somethingWaits && !over) {
      return Verdict.GO_ON;
    }
    if (!ending) {
      return Verdict.RELEASE;
    }
    return somethingWaits ? Verdict.OVER : Verdict.DONE;
  }
}
