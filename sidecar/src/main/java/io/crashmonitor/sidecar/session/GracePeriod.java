package io.crashmonitor.sidecar.session;

import io.crashmonitor.agent.SessionConfiguration;
import java.time.Duration;
import java.util.Optional;

/**
 * What of the pod's grace period is for the last uploads. The rest is for telling the operator what
 * did not get through and for ending before the kubelet ends us.
 */
public final class GracePeriod {
  // Kubernetes' default, also for an operator that does not tell.
  private static final int DEFAULT_SECONDS = 30;
  private static final int MOST_SECONDS = 3600;
  private static final int MARGIN = 5;

  private GracePeriod() {}

  /** Time for uploads: all but five seconds, of a short period two thirds. */
  public static Duration forUploads(Optional<SessionConfiguration> configuration) {
    int grace =
        configuration
            .map(SessionConfiguration::gracePeriodSeconds)
            .map(given -> Math.max(0, Math.min(MOST_SECONDS, given)))
            .orElse(DEFAULT_SECONDS);
    return Duration.ofSeconds(grace - Math.min(MARGIN, (grace + 2) / 3));
  }
}
