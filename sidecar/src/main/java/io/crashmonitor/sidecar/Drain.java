package io.crashmonitor.sidecar;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * The pod's end: uploads go on until nothing waits or the time is over.
 *
 * @param since when it was asked for; empty while nobody did
 */
record Drain(Optional<Instant> since) {
  /** What to do. */
  enum Verdict {
    NOT_DRAINING,
    GO_ON,
    /** Nothing waits any more. */
    DONE,
    /** What still waits is lost. */
    OVER
  }

  static final Drain NONE = new Drain(Optional.empty());

  Drain seen(boolean asked, Instant now) {
    return asked ? new Drain(since.or(() -> Optional.of(now))) : NONE;
  }

  Verdict verdict(boolean somethingWaits, Instant now, Duration limit) {
    if (since.isEmpty()) {
      return Verdict.NOT_DRAINING;
    }
    if (!somethingWaits) {
      return Verdict.DONE;
    }
    return now.isBefore(since.get().plus(limit)) ? Verdict.GO_ON : Verdict.OVER;
  }
}
