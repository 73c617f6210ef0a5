package io.crashmonitor.sidecar;

import io.crashmonitor.sidecar.dump.DumpInspector;
import io.crashmonitor.sidecar.dump.MinidumpInspector;
import io.crashmonitor.sidecar.volume.SecondNames;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** An agent in this JVM. */
final class RunningAgent implements AutoCloseable {
  static final String POD_UID = "5f1c9e7e-0000-4000-8000-000000000001";

  /** Waits that suit a test. */
  static final BackOff FAST = new BackOff(Duration.ofMillis(20), Duration.ofMillis(500));

  private final SidecarAgent agent;
  private final Thread thread;

  /** Completes with the end of the agent. */
  final CompletableFuture<Void> ended = new CompletableFuture<>();

  private RunningAgent(SidecarConfig config, DumpInspector inspector, SecondNames names) {
    agent = new SidecarAgent(config, inspector, names, "test", Clock.systemUTC(), FAST);
    thread = new Thread(this::run, "agent under test");
    thread.start();
  }

  static RunningAgent start(Path folder, URI operator, Duration drainLimit) {
    return start(folder, operator, Optional.of(drainLimit), new MinidumpInspector());
  }

  static RunningAgent start(
      Path folder, URI operator, Optional<Duration> drainLimit, DumpInspector inspector) {
    return start(folder, operator, drainLimit, inspector, SecondNames.ofThisSystem());
  }

  static RunningAgent start(
      Path folder,
      URI operator,
      Optional<Duration> drainLimit,
      DumpInspector inspector,
      SecondNames names) {
    return new RunningAgent(
        new SidecarConfig(
            folder,
            folder.resolve("identity"),
            operator,
            "session-uid",
            "app",
            "shop",
            "checkout-1",
            POD_UID,
            "node-1",
            drainLimit,
            0,
            Optional.empty()),
        inspector,
        names);
  }

  private void run() {
    try {
      agent.run();
      ended.complete(null);
    } catch (InterruptedException closed) {
      ended.complete(null);
    } catch (IOException | RuntimeException e) {
      ended.completeExceptionally(e);
    }
  }

  /** As the container's end does. */
  void end() {
    agent.end();
  }

  /** As if it died: what is under way goes on with the next agent. */
  @Override
  public void close() {
    thread.interrupt();
    ended.orTimeout(20, TimeUnit.SECONDS).join();
  }
}
