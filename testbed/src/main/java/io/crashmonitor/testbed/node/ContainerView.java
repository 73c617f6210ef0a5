package io.crashmonitor.testbed.node;

import io.crashmonitor.testbed.node.ContainerPhase.Running;
import io.crashmonitor.testbed.node.ContainerPhase.Terminated;
import java.time.Instant;
import java.util.Optional;

/**
 * One container of a pod at one moment.
 *
 * @param phase what it is doing
 * @param last how it ended the last time
 * @param restarts how often it was started again
 * @param started running, its postStart hook done and its startup probe passed
 * @param ready started, and its readiness probe passed
 * @param notBefore when it may be started (again); the epoch where nothing stands in the way
 */
record ContainerView(
    String name,
    ContainerKind kind,
    String image,
    String imageId,
    ContainerPhase phase,
    Optional<Terminated> last,
    int restarts,
    boolean started,
    boolean ready,
    Instant notBefore) {

  boolean running() {
    return phase instanceof Running;
  }

  /** How it ended, when it is not running now: in its state, or behind a waiting state. */
  Optional<Terminated> ended() {
    if (phase instanceof Terminated terminated) {
      return Optional.of(terminated);
    }
    return running() ? Optional.empty() : last;
  }
}
