package io.crashmonitor.operator.console;

import com.fasterxml.jackson.databind.JsonNode;
import io.crashmonitor.operator.storage.StorageTarget;
import io.crashmonitor.report.CrashId;
import io.crashmonitor.report.PreviousLog;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Adds to the report of each crash what the container wrote on its console, once: asked for on
 * threads of its own, so that reconciling never waits for a kubelet.
 */
public final class PreviousLogs implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(PreviousLogs.class);
  private static final int THREADS = 2;
  private static final int WAITING = 500;
  private static final int REMEMBERED = 10_000;
  private static final int TRIES = 6;
  static final Duration PAUSE = Duration.ofSeconds(10);

  /** Where logs go; may wait for storage, and throws when it does not take one. */
  @FunctionalInterface
  public interface Reports {
    /**
     * @param exception that the log tells, in the shape of the analysis's {@code managed}
     */
    void add(StorageTarget target, CrashId crash, PreviousLog log, Optional<JsonNode> exception);
  }

  private final ContainerLogs logs;
  private final Reports reports;
  private final Duration pause;
  private final ScheduledThreadPoolExecutor threads;

  /** Crashes whose log was asked for; the oldest are forgotten, and asked for in vain. */
  private final Map<String, Boolean> asked =
      new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Boolean> eldest) {
          return size() > REMEMBERED;
        }
      };

  public PreviousLogs(ContainerLogs logs, Reports reports) {
    this(logs, reports, PAUSE);
  }

  /**
   * @param pause between two tries for one log
   */
  PreviousLogs(ContainerLogs logs, Reports reports, Duration pause) {
    this.logs = logs;
    this.reports = reports;
    this.pause = pause;
    this.threads =
        new ScheduledThreadPoolExecutor(
            THREADS,
            task -> {
              Thread thread = new Thread(task, "previous-logs");
              thread.setDaemon(true);
              return thread;
            });
    threads.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
  }

  /**
   * Asks for the log of the instance that a crash ended, unless it was asked for before. Returns at
   * once.
   *
   * @param lines from its end; 0 for none
   */
  public void add(StorageTarget target, CrashId crash, EndedInstance instance, int lines) {
    if (lines <= 0 || threads.getQueue().size() >= WAITING || !remember(crash)) {
      return;
    }
    schedule(new Wish(target, crash, instance, lines), 1, Duration.ZERO);
  }

  @Override
  public void close() {
    threads.shutdownNow();
  }

  private record Wish(StorageTarget target, CrashId crash, EndedInstance instance, int lines) {}

  private void schedule(Wish wish, int number, Duration delay) {
    try {
      threads.schedule(() -> fetch(wish, number), delay.toMillis(), TimeUnit.MILLISECONDS);
    } catch (RejectedExecutionException stopping) {
      // The next process finds the report without it and asks again.
    }
  }

  private void fetch(Wish wish, int number) {
    ContainerLogs.Answer answer;
    try {
      answer = logs.previous(wish.instance(), wish.lines());
      if (answer instanceof ContainerLogs.Answer.Found found) {
        reports.add(
            wish.target(),
            wish.crash(),
            ConsoleTail.lines(found.text(), wish.lines()),
            ConsoleTail.exception(found.text()));
        return;
      }
    } catch (RuntimeException e) {
      answer = new ContainerLogs.Answer.NotYet(String.valueOf(e.getMessage()));
    }
    boolean mayCome = answer instanceof ContainerLogs.Answer.NotYet;
    if (mayCome && number < TRIES) {
      schedule(wish, number + 1, pause.multipliedBy(number));
      return;
    }
    if (mayCome) {
      forget(wish.crash());
    }
    LOG.atWarn()
        .addKeyValue("pod", wish.instance().namespace() + "/" + wish.instance().pod())
        .addKeyValue("crash", wish.crash())
        .addKeyValue("why", answer)
        .log("a crash is reported without the container's log");
  }

  private boolean remember(CrashId crash) {
    synchronized (asked) {
      return asked.putIfAbsent(crash.value(), Boolean.TRUE) == null;
    }
  }

  /** The next turn may ask again. */
  private void forget(CrashId crash) {
    synchronized (asked) {
      asked.remove(crash.value());
    }
  }
}
