package io.crashmonitor.e2e;

import io.crashmonitor.testbed.cluster.Artifacts;
import io.crashmonitor.testbed.cluster.TestCluster;
import java.nio.file.Path;

/** The one cluster of all end-to-end tests of this JVM; ended with it. */
final class SharedCluster {
  private static TestCluster cluster;

  private SharedCluster() {}

  static synchronized TestCluster get() {
    if (cluster == null) {
      cluster = TestCluster.start(Artifacts.find(), Path.of("target", "cluster").toAbsolutePath());
      Runtime.getRuntime().addShutdownHook(new Thread(cluster::close, "cluster-close"));
    }
    return cluster;
  }
}
