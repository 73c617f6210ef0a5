package io.crashmonitor.operator.storage;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.crashmonitor.agent.AgentProtocol;
import java.io.IOException;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;

/**
 * Makes a ledger's transitions count: read, decide, write only if nobody else wrote, else again on
 * what they wrote. Exact with any number of deciders, in this process and in others.
 */
final class LedgerStore {
  private static final int LIMIT = 1024 * 1024;
  private static final int TRIES = 100;
  private static final long FIRST_PAUSE = TimeUnit.MILLISECONDS.toNanos(10);
  private static final long LONGEST_PAUSE = TimeUnit.MILLISECONDS.toNanos(500);
  private static final JsonMapper JSON = AgentProtocol.mapper();

  /** What a decision came to, and the ledger it wants; the one it was given to change nothing. */
  record Outcome<T>(Ledger ledger, T value) {}

  private LedgerStore() {}

  static Ledger read(DumpStore store, StorageTarget target) {
    return store
        .read(target.ledger(), LIMIT)
        .map(c -> parse(c.bytes(), target.ledger()))
        .orElseGet(() -> Ledger.empty(target.run().id()));
  }

  /**
   * Decides on the ledger as it is, again for each time that somebody was faster.
   *
   * @param decision pure but for reading; it may be asked several times
   * @throws StorageFaultException when storage does not answer, or the ledger is never quiet
   */
  static <T> T decide(
      DumpStore store, StorageTarget target, Function<Ledger, Outcome<T>> decision) {
    String blob = target.ledger();
    long pause = FIRST_PAUSE;
    for (int i = 0; i < TRIES; i++) {
      Optional<DumpStore.Content> content = store.read(blob, LIMIT);
      Ledger now =
          content.map(c -> parse(c.bytes(), blob)).orElseGet(() -> Ledger.empty(target.run().id()));
      Outcome<T> outcome = decision.apply(now);
      if (outcome.ledger().equals(now) || write(store, blob, content, outcome.ledger())) {
        return outcome.value();
      }
      LockSupport.parkNanos(ThreadLocalRandom.current().nextLong(pause));
      pause = Math.min(2 * pause, LONGEST_PAUSE);
    }
    throw new StorageFaultException(
        new StorageFault.Unreachable("the ledger " + blob + " is never quiet"));
  }

  private static boolean write(
      DumpStore store, String blob, Optional<DumpStore.Content> previous, Ledger ledger) {
    byte[] json = json(ledger);
    return previous.isPresent()
        ? store.replace(blob, json, Map.of(), previous.get().etag())
        : store.create(blob, json, Map.of());
  }

  private static Ledger parse(byte[] json, String blob) {
    try {
      Ledger ledger = JSON.readValue(json, Ledger.class);
      if (ledger == null || ledger.version() > Ledger.VERSION) {
        throw new StorageFaultException(
            new StorageFault.Unreadable("the ledger " + blob, "of a newer operator"));
      }
      return ledger;
    } catch (IOException e) {
      // Never begun anew: that would give every place again.
      throw new StorageFaultException(
          new StorageFault.Unreadable("the ledger " + blob, e.getClass().getSimpleName()), e);
    }
  }

  private static byte[] json(Ledger ledger) {
    try {
      return JSON.writeValueAsBytes(ledger);
    } catch (JsonProcessingException recordsAlwaysCan) {
      throw new IllegalStateException(recordsAlwaysCan);
    }
  }
}
