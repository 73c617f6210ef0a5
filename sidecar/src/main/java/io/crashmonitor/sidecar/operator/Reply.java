package io.crashmonitor.sidecar.operator;

import java.time.Duration;
import java.util.Optional;

/** What came of a request to the operator. */
public sealed interface Reply<T> {

  /** It answered. */
  record Answer<T>(T value) implements Reply<T> {}

  /**
   * It did not, or not now: away, busy, or it does not know this pod (yet). All of these pass.
   *
   * @param why words for the log, without secrets
   * @param after how long the operator asked to wait
   */
  record Later<T>(String why, Optional<Duration> after) implements Reply<T> {}
}
