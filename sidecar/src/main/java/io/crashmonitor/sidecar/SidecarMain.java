package io.crashmonitor.sidecar;

import io.crashmonitor.sidecar.dump.MinidumpInspector;
import io.crashmonitor.sidecar.volume.SecondNames;
import java.io.IOException;
import java.time.Clock;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * The agent in the pod. Ends with 0 when it was drained or asked to stop, with 64 when its
 * environment cannot be used, with 1 when it failed; the helper that started it starts it again
 * until the container ends.
 */
public final class SidecarMain {
  private static final Logger LOG = Logger.getLogger(SidecarMain.class.getName());
  private static final int UNUSABLE = 64;
  private static final long CLOSING_SECONDS = 5;

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
      Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(agent, ended), "stop"));
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

  private static void stop(SidecarAgent agent, CountDownLatch ended) {
    agent.stop();
    try {
      if (!ended.await(CLOSING_SECONDS, TimeUnit.SECONDS)) {
        LOG.warning("ends in the middle of something; the next agent goes on with it");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
