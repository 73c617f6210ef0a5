package io.crashmonitor.testbed.wine;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** A program that was started in a prefix. */
public final class WineProcess {
  private static final Duration POLL = Duration.ofMillis(5);

  private final Process runner;
  private final Path exchange;
  private final CompletableFuture<WineExit> exit;

  WineProcess(Process runner, Path exchange) {
    this.runner = runner;
    this.exchange = exchange;
    this.exit = runner.onExit().thenApply(ended -> readExit());
  }

  /** Completed when the program has ended; never exceptionally. */
  public CompletableFuture<WineExit> onExit() {
    return exit;
  }

  public boolean isAlive() {
    return !exit.isDone();
  }

  /** Windows' id of the process; empty until it runs and where it never did. */
  public OptionalLong pid() {
    try {
      return OptionalLong.of(Long.parseLong(Files.readString(exchange.resolve("started")).strip()));
    } catch (IOException notStarted) {
      return OptionalLong.empty();
    }
  }

  /** Waits until the program runs, or has ended, or the time is up; true in the first two cases. */
  public boolean awaitStart(Duration atMost) throws InterruptedException {
    long deadline = System.nanoTime() + atMost.toNanos();
    while (isAlive() && pid().isEmpty()) {
      if (System.nanoTime() > deadline) {
        return false;
      }
      Thread.sleep(POLL.toMillis());
    }
    return true;
  }

  /**
   * Waits for the end.
   *
   * @throws TimeoutException when it is still alive after that time
   */
  public WineExit await(Duration atMost) throws InterruptedException, TimeoutException {
    try {
      return exit.get(atMost.toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException e) {
      throw new IllegalStateException("The end of a program could not be read", e);
    }
  }

  private WineExit readExit() {
    try {
      return WineExit.parse(Files.readString(exchange.resolve("ended")));
    } catch (IOException killedBeforeItWrote) {
      return new WineExit.Killed();
    }
  }
}
