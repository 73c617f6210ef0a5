package io.crashmonitor.testbed.cluster;

import java.nio.file.Path;

/** An operator of a {@link TestCluster}; it ends with the cluster. */
public interface Operator extends AutoCloseable {
  /** Starts it, also after {@link #kill} and {@link #stop}, and waits until it is ready. */
  Operator start();

  /** SIGKILL: no goodbye, as when a node dies. */
  void kill();

  /** SIGTERM, and waits. */
  void stop();

  /** What it has said, at the latest once it is closed. */
  Path log();

  @Override
  void close();
}
