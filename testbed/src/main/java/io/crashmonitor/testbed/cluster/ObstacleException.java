package io.crashmonitor.testbed.cluster;

/** Why this machine cannot have what was asked for: nothing is wrong with the project. */
public final class ObstacleException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  ObstacleException(String reason) {
    super(reason);
  }
}
