package io.crashmonitor.operator.storage;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads what lies in storage for each session, again and again, away from the reconciler. A fault
 * is part of what it reads: no method throws because of storage.
 */
public final class StorageWatch implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(StorageWatch.class);
  private static final int THREADS = 8;

  /** A session that is not monitoring is read so many times less often. */
  private static final int SELDOM = 5;

  /** After so many readings in vain it is read seldom: each holds a thread until it times out. */
  private static final int PATIENCE = 3;

  private static final Duration HURRIED = Duration.ofSeconds(10);
  private static final Duration HURRY_LASTS = Duration.ofMinutes(1);
  private static final Duration CLOSEST = Duration.ofSeconds(1);

  private final DumpStores stores;
  private final Clock clock;
  private final Duration pace;
  private final ScheduledThreadPoolExecutor threads;
  private final Map<String, Followed> followed = new ConcurrentHashMap<>();
  private final List<Consumer<ResourceKey>> listeners = new CopyOnWriteArrayList<>();

  /**
   * @param pace between two readings of an active session
   */
  public StorageWatch(DumpStores stores, Clock clock, Duration pace) {
    this.stores = stores;
    this.clock = clock;
    this.pace = pace;
    this.threads =
        new ScheduledThreadPoolExecutor(
            THREADS,
            task -> {
              Thread thread = new Thread(task, "storage-watch");
              thread.setDaemon(true);
              return thread;
            });
    threads.setRemoveOnCancelPolicy(true);
    threads.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
  }

  /** Called each turn; {@code active}: read every minute, else seldom. */
  public void follow(StorageTarget target, boolean active) {
    followed.computeIfAbsent(target.session().uid(), uid -> new Followed()).aim(target, active);
  }

  /** A pod died or an agent spoke: read now, and every ten seconds for a minute. */
  public void hurry(ResourceKey session) {
    Optional.ofNullable(followed.get(session.uid())).ifPresent(Followed::hurry);
  }

  /** The session is gone; where its dumps lie, if it was ever followed. */
  public Optional<StorageTarget> forget(ResourceKey session) {
    Optional<Followed> known = Optional.ofNullable(followed.remove(session.uid()));
    known.ifPresent(Followed::end);
    stores.close(session);
    return known.flatMap(Followed::target);
  }

  /** The last reading; empty before the first. */
  public Optional<StorageSnapshot> snapshot(ResourceKey session) {
    return Optional.ofNullable(followed.get(session.uid())).flatMap(Followed::last);
  }

  /** Told when the content changed, on a thread of the watch. */
  public void onChange(Consumer<ResourceKey> listener) {
    listeners.add(listener);
  }

  @Override
  public void close() {
    followed.values().forEach(Followed::end);
    threads.shutdownNow();
  }

  /** One session: at most one reading at a time. */
  private final class Followed {
    private final Set<String> gone = ConcurrentHashMap.newKeySet();
    private StorageTarget target;
    private boolean active;
    private boolean ended;
    private boolean reading;
    private boolean again;
    private int inVain;
    private Instant hurryUntil = Instant.MIN;
    private Instant lastRead = Instant.MIN;
    private Optional<StorageSnapshot> last = Optional.empty();
    private Optional<Future<?>> next = Optional.empty();

    synchronized Optional<StorageSnapshot> last() {
      return last;
    }

    synchronized void aim(StorageTarget wanted, boolean wantedActive) {
      boolean same = wanted.equals(target) && wantedActive == active;
      if (!isPlaceOf(wanted)) {
        // What lay elsewhere says nothing of this place.
        last = Optional.empty();
        gone.clear();
      }
      target = wanted;
      active = wantedActive;
      if (!same) {
        soon();
      }
    }

    private boolean isPlaceOf(StorageTarget other) {
      return target != null
          && target.storage().equals(other.storage())
          && target.layout().equals(other.layout());
    }

    synchronized Optional<StorageTarget> target() {
      return Optional.ofNullable(target);
    }

    synchronized void hurry() {
      hurryUntil = clock.instant().plus(HURRY_LASTS);
      soon();
    }

    synchronized void end() {
      ended = true;
      next.ifPresent(task -> task.cancel(false));
    }

    private void soon() {
      if (reading) {
        again = true;
      } else {
        Duration since = Duration.between(lastRead.plus(CLOSEST), clock.instant());
        schedule(since.isNegative() ? since.negated() : Duration.ZERO);
      }
    }

    private void schedule(Duration delay) {
      next.ifPresent(task -> task.cancel(false));
      if (!ended && !threads.isShutdown()) {
        next = Optional.of(threads.schedule(this::read, delay.toMillis(), TimeUnit.MILLISECONDS));
      }
    }

    private void read() {
      StorageTarget now;
      synchronized (this) {
        if (ended) {
          return;
        }
        reading = true;
        again = false;
        now = target;
        lastRead = clock.instant();
      }
      boolean changed = false;
      try {
        changed = keep(now, readOnce(now));
      } finally {
        synchronized (this) {
          reading = false;
          schedule(again ? CLOSEST : delay());
        }
      }
      if (changed) {
        listeners.forEach(listener -> tell(listener, now.session()));
      }
    }

    private Duration delay() {
      if (clock.instant().isBefore(hurryUntil) && pace.compareTo(HURRIED) > 0) {
        return HURRIED;
      }
      return active && inVain < PATIENCE ? pace : pace.multipliedBy(SELDOM);
    }

    private StorageSnapshot readOnce(StorageTarget now) {
      try {
        return stores.use(now, store -> StorageReading.read(store, now, gone, clock.instant()));
      } catch (StorageFaultException e) {
        return faulty(now, e.fault());
      } catch (RuntimeException e) {
        LOG.atError()
            .setCause(e)
            .addKeyValue("session", now.session())
            .log("storage could not be read");
        return faulty(
            now, new StorageFault.Unreachable("unexpected " + e.getClass().getSimpleName()));
      }
    }

    private synchronized StorageSnapshot faulty(StorageTarget now, StorageFault fault) {
      return new StorageSnapshot(
          clock.instant(),
          StorageTarget.place(now.storage()),
          last.map(StorageSnapshot::runId).orElse(now.run().id()),
          last.map(StorageSnapshot::crashes).orElse(List.of()),
          Optional.of(fault),
          last.map(StorageSnapshot::ledgerPlacesUsed).orElse(0),
          last.map(StorageSnapshot::onlyCounted).orElse(Set.of()));
    }

    private synchronized boolean keep(StorageTarget read, StorageSnapshot snapshot) {
      if (!isPlaceOf(read)) {
        return false;
      }
      inVain = snapshot.fault().filter(StorageWatch::isAway).isPresent() ? inVain + 1 : 0;
      boolean changed = last.isEmpty() || !last.get().sameContent(snapshot);
      last = Optional.of(snapshot);
      return changed && !ended;
    }
  }

  private static boolean isAway(StorageFault fault) {
    return fault instanceof StorageFault.Unreachable;
  }

  private static void tell(Consumer<ResourceKey> listener, ResourceKey session) {
    try {
      listener.accept(session);
    } catch (RuntimeException e) {
      LOG.atError().setCause(e).addKeyValue("session", session).log("a listener failed");
    }
  }
}
