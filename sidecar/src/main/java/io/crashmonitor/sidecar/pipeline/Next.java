package io.crashmonitor.sidecar.pipeline;

import io.crashmonitor.agent.DumpDecision.Granted;
import java.time.Duration;
import java.util.Optional;

/** What a dump needs next. */
sealed interface Next {
  /** Be offered to the operator. */
  record Offer() implements Next {}

  /** Be uploaded to its place. */
  record Upload(Granted grant) implements Next {}

  /**
   * Wait, and go on where it stands.
   *
   * @param failure whether something failed, and the waits grow
   * @param after to wait at least
   */
  record Retry(String why, boolean failure, Optional<Duration> after) implements Next {
    static Retry failed(String why) {
      return new Retry(why, true, Optional.empty());
    }

    static Retry failed(String why, Optional<Duration> after) {
      return new Retry(why, true, after);
    }

    static Retry waiting(Duration time) {
      return new Retry("", false, Optional.of(time));
    }
  }

  /** Nothing: the operator will not have it; its file stays. */
  record GivenUp(String why) implements Next {}

  /** Nothing: its file is gone. */
  record Deleted() implements Next {}

  /** Nothing: the agent ends. */
  record Stopped() implements Next {}
}
