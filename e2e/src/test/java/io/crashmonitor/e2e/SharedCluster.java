package io.crashmonitor.e2e;

import static org.junit.jupiter.api.Assumptions.abort;

import io.crashmonitor.testbed.cluster.Artifacts;
import io.crashmonitor.testbed.cluster.Base;
import io.crashmonitor.testbed.cluster.ObstacleException;
import io.crashmonitor.testbed.cluster.TestCluster;
import java.nio.file.Path;
import java.util.Locale;

/** The one cluster of all end-to-end tests of this JVM; ended with it. */
final class SharedCluster {
  /** One of {@link Base}, in small letters. */
  private static final Base BASE =
      Base.valueOf(System.getProperty("crashmonitor.cluster", "own").toUpperCase(Locale.ROOT));

  private static TestCluster cluster;
  private static String obstacle = "";

  private SharedCluster() {}

  /** Skips the test that asks, with the reason, where this machine cannot have such a cluster. */
  static synchronized TestCluster get() {
    if (cluster == null && obstacle.isEmpty()) {
      try {
        cluster =
            TestCluster.start(
                Artifacts.find(),
                Path.of("target", "cluster-" + BASE).toAbsolutePath(),
                BASE,
                step -> System.out.println("[e2e] " + step));
        Runtime.getRuntime().addShutdownHook(new Thread(cluster::close, "cluster-close"));
      } catch (ObstacleException e) {
        obstacle = e.getMessage();
        System.out.println("[e2e] All tests of a cluster are skipped: " + obstacle);
      }
    }
    return obstacle.isEmpty() ? cluster : abort(obstacle);
  }
}
