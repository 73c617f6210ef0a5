package io.crashmonitor.testbed.controlplane;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;

/**
 * A server run as a child of this JVM, its output in a log file. It does not outlive the JVM,
 * however that ends.
 *
 * <p>Closing asks it to stop (SIGTERM), and kills it after {@link #GRACE}.
 */
public final class ServerProcess implements AutoCloseable {
  /** How long a server may take to stop before it is killed. */
  public static final Duration GRACE = Duration.ofSeconds(10);

  private static final Duration POLL = Duration.ofMillis(50);
  private static final int TAIL_BYTES = 4096;

  private final String name;
  private final Process process;
  private final Path log;

  private ServerProcess(String name, Process process, Path log) {
    this.name = name;
    this.process = process;
    this.log = log;
  }

  /**
   * @param name for messages and the log's name: {@code <logs>/<name>.log}, appended to
   * @param environment added to this JVM's own
   */
  public static ServerProcess start(
      String name, List<String> command, Map<String, String> environment, Path logs) {
    try {
      Files.createDirectories(logs);
      Path log = logs.resolve(name + ".log");
      ProcessBuilder builder =
          new ProcessBuilder(inSessionOfItsOwn(command))
              .redirectErrorStream(true)
              .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
              .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
      builder.environment().putAll(environment);
      Process process = builder.start();
      Watchdog.get().watch(process.pid());
      return new ServerProcess(name, process, log);
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot start " + name + ": " + command.get(0), e);
    }
  }

  /** Ctrl-C in a terminal is for the JVM, which then ends its servers in order. */
  private static List<String> inSessionOfItsOwn(List<String> command) {
    return Stream.concat(Stream.of("setsid"), command.stream()).toList();
  }

  public long pid() {
    return process.pid();
  }

  public boolean isAlive() {
    return process.isAlive();
  }

  public Path log() {
    return log;
  }

  /**
   * Waits until the server is ready.
   *
   * @throws IllegalStateException with the log's tail, when it ended or the time is up
   */
  public void await(String what, Duration atMost, BooleanSupplier ready) {
    long deadline = System.nanoTime() + atMost.toNanos();
    while (!ready.getAsBoolean()) {
      if (!process.isAlive()) {
        throw new IllegalStateException(
            "%s ended with exit code %d before: %s%n%s"
                .formatted(name, process.exitValue(), what, tail()));
      }
      if (System.nanoTime() > deadline) {
        throw new IllegalStateException(
            "%s, not within %d s: %s%n%s".formatted(name, atMost.toSeconds(), what, tail()));
      }
      pause();
    }
  }

  /** The end of the log, and where the whole of it is. */
  public String tail() {
    try (RandomAccessFile file = new RandomAccessFile(log.toFile(), "r")) {
      long from = Math.max(0, file.length() - TAIL_BYTES);
      byte[] end = new byte[(int) (file.length() - from)];
      file.seek(from);
      file.readFully(end);
      return "The end of " + log + ":\n" + new String(end, StandardCharsets.UTF_8);
    } catch (IOException e) {
      return "Its log cannot be read: " + e;
    }
  }

  @Override
  public void close() {
    process.destroy();
    if (!ended(GRACE)) {
      process.destroyForcibly();
      if (!ended(GRACE)) {
        throw new IllegalStateException(name + " (process " + process.pid() + ") cannot be killed");
      }
    }
    Watchdog.get().forget(process.pid());
  }

  /**
   * Asks the server to stop without waiting: several can then be closed in the time of the slowest.
   */
  public void requestStop() {
    process.destroy();
  }

  /** Kills the server at once, as a crash of it would. */
  public void kill() {
    process.destroyForcibly();
    close();
  }

  private boolean ended(Duration within) {
    boolean interrupted = false;
    long deadline = System.nanoTime() + within.toNanos();
    try {
      while (true) {
        try {
          return process.waitFor(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
          interrupted = true; // The process is still to be stopped; the caller learns of it after.
        }
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private static void pause() {
    try {
      Thread.sleep(POLL.toMillis());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("Interrupted while waiting for a server", e);
    }
  }
}
