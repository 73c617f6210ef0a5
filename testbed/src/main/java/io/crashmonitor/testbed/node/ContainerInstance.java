package io.crashmonitor.testbed.node;

import io.crashmonitor.testbed.wine.WindowsPath;
import io.crashmonitor.testbed.wine.WineCommand;
import io.crashmonitor.testbed.wine.WineExit;
import io.crashmonitor.testbed.wine.WinePrefix;
import io.crashmonitor.testbed.wine.WineProcess;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * One run of a container: a prefix with an entry process. When that ends, everything in the
 * container ends at once, as with a Windows container's silo.
 */
final class ContainerInstance {
  /** The exit code of a process that was told to stop: Windows' STATUS_CONTROL_C_EXIT. */
  static final int STOPPED = 0xC000013A;

  /** containerd's for a container that could not be started. */
  static final int START_ERROR = 128;

  private static final Duration START_LIMIT = Duration.ofSeconds(60);

  private final WinePrefix prefix;
  private final WineProcess entry;
  private final Map<String, String> environment;
  private final WindowsPath workingFolder;
  private final Path execLog;
  private final Instant startedAt;
  private final String id =
      "containerd://" + (UUID.randomUUID() + "" + UUID.randomUUID()).replace("-", "");

  private final CompletableFuture<Ended> ended;

  /** How and when the entry process ended. */
  record Ended(WineExit exit, Instant at) {
    int exitCode() {
      if (exit instanceof WineExit.Exited exited) {
        return exited.code();
      }
      return exit instanceof WineExit.NotStarted ? START_ERROR : STOPPED;
    }
  }

  private ContainerInstance(
      WinePrefix prefix,
      WineProcess entry,
      WineCommand command,
      Path execLog,
      Clock clock,
      Executor executor) {
    this.prefix = prefix;
    this.entry = entry;
    this.environment = command.environment();
    this.workingFolder = command.workingFolder();
    this.execLog = execLog;
    this.startedAt = clock.instant();
    this.ended =
        entry
            .onExit()
            .thenApplyAsync(
                exit -> {
                  Ended end = new Ended(exit, clock.instant());
                  prefix.kill();
                  return end;
                },
                executor);
  }

  /**
   * Starts the entry process and waits until it runs.
   *
   * @param execLog where the output of hooks and probes goes; Kubernetes drops it
   * @param onEnd called once, after everything in the container is dead
   */
  static ContainerInstance start(
      WinePrefix prefix,
      WineCommand command,
      Path execLog,
      Clock clock,
      Executor executor,
      Runnable onEnd)
      throws InterruptedException {
    WineProcess entry = prefix.start(command);
    ContainerInstance instance =
        new ContainerInstance(prefix, entry, command, execLog, clock, executor);
    instance.ended.thenRun(onEnd);
    entry.awaitStart(START_LIMIT);
    return instance;
  }

  Instant startedAt() {
    return startedAt;
  }

  String id() {
    return id;
  }

  Optional<Ended> ended() {
    return Optional.ofNullable(ended.getNow(null));
  }

  Ended awaitEnd() {
    return ended.join();
  }

  boolean alive() {
    return entry.isAlive();
  }

  /** How a command in the running container went. */
  sealed interface Exec {
    record Exited(int code) implements Exec {}

    /** It could not be started, was killed with the container, or took too long. */
    record Failed(String why) implements Exec {}
  }

  /** Runs a further process in the container, with the container's environment. */
  Exec exec(List<String> command, Duration atMost) throws InterruptedException {
    try {
      WineExit exit =
          prefix.start(new WineCommand(command, environment, workingFolder, execLog)).await(atMost);
      if (exit instanceof WineExit.Exited exited) {
        return new Exec.Exited(exited.code());
      }
      return new Exec.Failed(
          exit instanceof WineExit.NotStarted missing
              ? "cannot start " + command.get(0) + ": Windows error " + missing.lastError()
              : "the container ended meanwhile");
    } catch (TimeoutException e) {
      return new Exec.Failed("not done after " + atMost.toSeconds() + " s");
    }
  }

  /**
   * Asks the entry process to end, and kills all that runs when it has not within that time.
   *
   * @return how it ended
   */
  Ended stop(Duration grace) throws InterruptedException {
    prefix.askToEnd(entry, execLog);
    try {
      ended.get(grace.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException over) {
      kill();
    } catch (ExecutionException e) {
      throw new IllegalStateException("The end of a container could not be read", e);
    }
    return awaitEnd();
  }

  /** Kills all that runs; {@link #ended} follows. */
  void kill() {
    prefix.kill();
  }

  /** Kills all that runs and deletes the container's files. */
  void remove() {
    prefix.close();
  }
}
