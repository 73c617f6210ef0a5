package io.crashmonitor.operator.console;

import io.crashmonitor.operator.storage.CrashRecorder;
import io.crashmonitor.operator.storage.StorageTarget;
import io.crashmonitor.report.CrashId;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
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

  private final ContainerLogs logs;
  private final CrashRecorder recorder;
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

  public PreviousLogs(ContainerLogs logs, CrashRecorder recorder) {
    this(logs, recorder, PAUSE);
  }

  /**
   * @param pause between two tries for one log
   */
  PreviousLogs(ContainerLogs logs, CrashRecorder recorder, Duration pause) {
    this.logs = logs;
    this.recorder = recorder;
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
    } catch (RuntimeException e) {
      answer = new ContainerLogs.Answer.NotYet(e.getClass().getSimpleName());
    }
    if (answer instanceof ContainerLogs.Answer.Found found) {
      recorder.addLog(
          wish.target(),
          wish.crash(),
          ConsoleTail.lines(found.text(), wish.lines()),
          ConsoleTail.exception(found.text()));
    } else if (answer instanceof ContainerLogs.Answer.NotYet && number < TRIES) {
      schedule(wish, number + 1, pause.multipliedBy(number));
    } else {
      LOG.atInfo()
          .addKeyValue("pod", wish.instance().namespace() + "/" + wish.instance().pod())
          .addKeyValue("crash", wish.crash())
          .addKeyValue("why", answer)
          .log("a crash is reported without the container's log");
    }
  }

  private boolean remember(CrashId crash) {
    synchronized (asked) {
      return asked.putIfAbsent(crash.value(), Boolean.TRUE) == null;
    }
  }
}
