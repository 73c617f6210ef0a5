package io.crashmonitor.sidecar.session;

import io.crashmonitor.agent.SessionConfiguration;
import java.time.Duration;
import java.util.Optional;

/** What the agent knows of its session, now. */
public interface KnownSession {
  /** The configuration; empty before the operator's first word. */
  Optional<SessionConfiguration> configuration();

  /**
   * The operator's clock minus this node's, as measured at the operator's last answer; zero for
   * less than what the network's delays can be.
   */
  Duration clockOffset();
}
