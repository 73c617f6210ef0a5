package io.crashmonitor.operator.storage;

import io.crashmonitor.api.DumpState;
import io.crashmonitor.report.BlobLayout.DumpName;
import io.crashmonitor.report.CrashId;
import io.crashmonitor.report.DumpReport;
import io.crashmonitor.report.ExitCode;
import io.crashmonitor.report.ExitCodeSource;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** {@link CrashRecorder} on storage: one thread, one task at a time for one statement. */
public final class StorageCrashRecorder implements CrashRecorder, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(StorageCrashRecorder.class);
  private static final int WAITING = 1000;
  private static final int REMEMBERED = 10_000;

  private final DumpPlaces places;
  private final StorageWatch watch;
  private final ThreadPoolExecutor thread;

  /** Statements that are written or about to be; the oldest are forgotten, and written in vain. */
  private final Map<String, Boolean> said =
      new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Boolean> eldest) {
          return size() > REMEMBERED;
        }
      };

  public StorageCrashRecorder(DumpPlaces places, StorageWatch watch) {
    this.places = places;
    this.watch = watch;
    this.thread =
        new ThreadPoolExecutor(
            1,
            1,
            0,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(WAITING),
            task -> {
              Thread t = new Thread(task, "crash-recorder");
              t.setDaemon(true);
              return t;
            });
  }

  @Override
  public void recordWithoutDump(StorageTarget target, DumpReport report) {
    CrashId crash = new CrashId(report.crashId());
    DumpName name =
        new DumpName(
            report.pod(),
            report.process() == null ? "" : report.process(),
            report.pid(),
            ExitCode.parse(report.exitCode()).orElse(new ExitCode(0)),
            report.time(),
            "");
    once(target, "record|" + crash, () -> places.record(target, crash, name, report));
  }

  @Override
  public void joinTermination(
      StorageTarget target,
      CrashId crash,
      ExitCode exitCode,
      ExitCodeSource source,
      int restartCount) {
    once(
        target,
        "join|" + crash + "|" + exitCode.code() + "|" + source + "|" + restartCount,
        () ->
            places.edit(
                target,
                crash,
                report -> ReportEdit.terminated(report, exitCode, source, restartCount)));
  }

  @Override
  public void markLost(StorageTarget target, CrashId crash, String reason) {
    once(
        target,
        "lost|" + crash,
        () -> places.abandon(target, crash, Optional.empty(), DumpState.Lost, reason));
  }

  @Override
  public void close() {
    thread.shutdownNow();
  }

  private void once(StorageTarget target, String statement, Runnable write) {
    String key = target.session().uid() + "|" + target.run().id() + "|" + statement;
    if (!remember(key)) {
      return;
    }
    try {
      thread.execute(() -> write(target, key, write));
    } catch (RejectedExecutionException tooMuch) {
      forget(key);
    }
  }

  private void write(StorageTarget target, String key, Runnable write) {
    try {
      write.run();
      watch.hurry(target.session());
    } catch (RuntimeException e) {
      forget(key);
      LOG.atWarn()
          .addKeyValue("session", target.session())
          .addKeyValue("why", e.getMessage())
          .log("a crash could not be written to storage; tried again at the next turn");
    }
  }

  private boolean remember(String key) {
    synchronized (said) {
      return said.putIfAbsent(key, Boolean.TRUE) == null;
    }
  }

  private void forget(String key) {
    synchronized (said) {
      said.remove(key);
    }
  }
}
