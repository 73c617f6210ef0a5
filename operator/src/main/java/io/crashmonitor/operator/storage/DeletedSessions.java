package io.crashmonitor.operator.storage;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings the uploads of deleted sessions to an end, so that no report says for ever that a dump is
 * on its way. Not before the session's pods are gone: they send what they have for as long as their
 * grace period lets them. What waits here is lost with the process; then each report says itself
 * until when its dump can come, and the next session on the workload ends it.
 */
public final class DeletedSessions implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(DeletedSessions.class);
  private static final Duration PACE = Duration.ofSeconds(30);
  private static final int TRIES = 10;

  /** A pod that stays, as where nobody rolls the workload, has no link any more after that. */
  private static final Duration LONGEST = DumpPlaces.LINK_LIFE;

  private final DumpPlaces places;
  private final Clock clock;
  private final Duration pace;
  private final ScheduledThreadPoolExecutor thread;

  public DeletedSessions(DumpPlaces places, Clock clock) {
    this(places, clock, PACE);
  }

  /**
   * @param pace between two looks at the pods, and between tries
   */
  DeletedSessions(DumpPlaces places, Clock clock, Duration pace) {
    this.places = places;
    this.clock = clock;
    this.pace = pace;
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

  /**
   * Returns at once.
   *
   * @param podsLeft whether pods that carry the session's sidecar are there; asked on a thread of
   *     its own
   */
  public void add(StorageTarget target, BooleanSupplier podsLeft) {
    schedule(new Ending(target, podsLeft, clock.instant().plus(LONGEST), 1));
  }

  @Override
  public void close() {
    thread.shutdownNow();
  }

  private record Ending(
      StorageTarget target, BooleanSupplier podsLeft, Instant latest, int number) {
    Ending again() {
      return new Ending(target, podsLeft, latest, number + 1);
    }
  }

  private void schedule(Ending ending) {
    try {
      thread.schedule(() -> look(ending), pace.toMillis(), TimeUnit.MILLISECONDS);
    } catch (RejectedExecutionException stopping) {
      // A later session on the workload tells what became of the dumps.
    }
  }

  private void look(Ending ending) {
    if (ending.podsLeft().getAsBoolean() && clock.instant().isBefore(ending.latest())) {
      schedule(ending);
      return;
    }
    try {
      places.endUploads(ending.target(), "the session was deleted during the upload");
    } catch (RuntimeException e) {
      LOG.atWarn()
          .addKeyValue("session", ending.target().session())
          .addKeyValue("why", e.getMessage())
          .log("uploads of a deleted session could not be ended");
      if (ending.number() < TRIES) {
        schedule(ending.again());
      }
    }
  }
}
