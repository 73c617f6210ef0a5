package io.crashmonitor.operator.storage;

import java.time.Duration;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings the uploads of deleted sessions to an end, so that no report says for ever that a dump is
 * on its way. Not at once: pods that go with the release still send what they have.
 */
public final class DeletedSessions implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(DeletedSessions.class);
  private static final Duration PATIENCE = Duration.ofMinutes(2);
  private static final int TRIES = 3;

  private final DumpPlaces places;
  private final Duration patience;
  private final ScheduledThreadPoolExecutor thread;

  public DeletedSessions(DumpPlaces places) {
    this(places, PATIENCE);
  }

  /**
   * @param patience with the pods, and between tries
   */
  DeletedSessions(DumpPlaces places, Duration patience) {
    this.places = places;
    this.patience = patience;
    this.thread =
        new ScheduledThreadPoolExecutor(
            1,
            task -> {
              Thread t = new Thread(task, "deleted-sessions");
              t.setDaemon(true);
              return t;
            });
    thread.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
  }

  /** Returns at once. */
  public void add(StorageTarget target) {
    schedule(target, 1);
  }

  @Override
  public void close() {
    thread.shutdownNow();
  }

  private void schedule(StorageTarget target, int number) {
    try {
      thread.schedule(() -> end(target, number), patience.toMillis(), TimeUnit.MILLISECONDS);
    } catch (RejectedExecutionException stopping) {
      // A later session on the workload tells what became of the dumps.
    }
  }

  private void end(StorageTarget target, int number) {
    try {
      places.endUploads(target, "the session was deleted during the upload");
    } catch (RuntimeException e) {
      LOG.atWarn()
          .addKeyValue("session", target.session())
          .addKeyValue("why", e.getMessage())
          .log("uploads of a deleted session could not be ended");
      if (number < TRIES) {
        schedule(target, number + 1);
      }
    }
  }
}
