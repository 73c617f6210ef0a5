package io.crashmonitor.sidecar;

import io.crashmonitor.sidecar.dump.MinidumpInspector;
import io.crashmonitor.sidecar.volume.SecondNames;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * The agent in the pod. Ends with 0 when its container ends and nothing waits any more, with 64
 * when its environment cannot be used, with 1 when it failed; the helper that started it starts it
 * again until the container ends.
 */
public final class SidecarMain {
  private static final Logger LOG = Logger.getLogger(SidecarMain.class.getName());
  private static final int UNUSABLE = 64;

  private SidecarMain() {}

  public static void main(String[] args) {
    LogLines.install();
    System.exit(run());
  }

  private static int run() {
    String version =
        Optional.ofNullable(SidecarMain.class.getPackage().getImplementationVersion())
            .orElse("development");
    try {
      SidecarConfig config = SidecarConfig.from(System.getenv());
      LOG.info(
          "crash-monitor agent "
              + version
              + " for "
              + config.podNamespace()
              + "/"
              + config.podName());
      SidecarAgent agent =
          new SidecarAgent(
              config,
              new MinidumpInspector(),
              SecondNames.ofThisSystem(),
              version,
              Clock.systemUTC(),
              BackOff.USUAL);
      CountDownLatch ended = new CountDownLatch(1);
      Runtime.getRuntime().addShutdownHook(new Thread(() -> end(agent, ended), "end"));
      try {
        agent.run();
      } finally {
        ended.countDown();
      }
      return 0;
    } catch (SidecarConfig.Invalid e) {
      LOG.severe(e.getMessage());
      return UNUSABLE;
    } catch (IOException | RuntimeException e) {
      LOG.log(Level.SEVERE, "the agent failed", e);
      return 1;
    } catch (InterruptedException e) {
      return 0;
    }
  }

  /** The helper tells by a file in the volume; this is for whoever ends the process itself. */
  private static void end(SidecarAgent agent, CountDownLatch ended) {
    Duration most = agent.end();
    try {
      if (!ended.await(most.toMillis(), TimeUnit.MILLISECONDS)) {
        LOG.warning("ends in the middle of something; the next agent goes on with it");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
