package io.crashmonitor.sidecar.operator;

import java.time.Duration;
import java.util.Optional;

/** What came of a request to the operator. */
public sealed interface Reply<T> {

  /** It answered. */
  record Answer<T>(T value) implements Reply<T> {}

  /**
   * It did not, or not now: away, busy, or it does not know this pod (yet). All of these pass, but
   * for a message that it finds wrong.
   *
   * @param why words for the log, without secrets
   * @param after how long the operator asked to wait
   * @param wrong whether the fault is with the message itself
   */
  record Later<T>(String why, Optional<Duration> after, boolean wrong) implements Reply<T> {
    public Later(String why, Optional<Duration> after) {
      this(why, after, false);
    }
  }
}
