package io.crashmonitor.operator.storage;

import com.fasterxml.jackson.databind.JsonNode;
import io.crashmonitor.api.DumpState;
import io.crashmonitor.report.BlobLayout.DumpName;
import io.crashmonitor.report.CrashId;
import io.crashmonitor.report.DumpReport;
import io.crashmonitor.report.PreviousLog;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiConsumer;
import java.util.function.Function;
import java.util.function.IntFunction;
import java.util.function.UnaryOperator;

/**
 * The places of a run's dumps: given, renewed, filled, given back. Ledger first, report second,
 * answer last: whatever fails in between, the same request once more ends where it would have.
 * Every method reads and writes storage, and throws {@link StorageFaultException}.
 */
public final class DumpPlaces {
  /** How long a link for an upload is good: the shortest time that a big dump needs. */
  public static final Duration LINK_LIFE = Duration.ofHours(1);

  /** A full run is not looked through for deleted dumps more often than this. */
  private static final Duration LOOK_AGAIN = Duration.ofSeconds(5);

  /**
   * @param name facts for the blob's name
   * @param analysisOnly the report takes the place; no dump will come
   */
  public record Wish(CrashId crash, String podUid, DumpName name, boolean analysisOnly) {}

  /** What a wish came to. */
  public sealed interface Placement {
    /**
     * @param url a secret
     */
    record Granted(String blob, URI url, Instant expires) implements Placement {
      @Override
      public String toString() {
        return "Granted[" + blob + " until " + expires + "]";
      }
    }

    /** It is in storage, or was and has been deleted. */
    record Settled(String blob) implements Placement {}

    record Full() implements Placement {}

    record NotYours() implements Placement {}
  }

  /** What a dump that should be in storage turned out to be. */
  public enum Arrival {
    Stored,
    /** Not there, or not as announced. */
    Missing,
    /** Nobody has a place for it. */
    NoGrant
  }

  /** What an agent says of a blob it committed. */
  record Announced(
      CrashId crash,
      String podUid,
      long length,
      long rawLength,
      String sha256,
      Optional<JsonNode> analysis) {}

  private final DumpStores stores;
  private final Clock clock;
  private final Map<String, Instant> lookedThrough = new ConcurrentHashMap<>();

  public DumpPlaces(DumpStores stores, Clock clock) {
    this.stores = stores;
    this.clock = clock;
  }

  /**
   * Gives or renews a place, and writes the report.
   *
   * @param report of the crash, given the blob's name
   */
  public Placement place(StorageTarget target, Wish wish, Function<String, DumpReport> report) {
    return stores.use(target, store -> place(store, target, wish, report));
  }

  private Placement place(
      DumpStore store, StorageTarget target, Wish wish, Function<String, DumpReport> report) {
    Ledger.Answer answer = grant(store, target, wish);
    if (answer instanceof Ledger.Answer.Full && lookThrough(store, target)) {
      answer = grant(store, target, wish);
    }
    if (answer instanceof Ledger.Answer.Placed placed) {
      Ledger.Entry entry = placed.entry();
      Instant end = entry.sasExpires().plus(Ledger.GRACE);
      ReportStore.put(store, entry.report(), ReportEdit.expected(report.apply(entry.blob()), end));
      return wish.analysisOnly()
          ? new Placement.Settled(entry.blob())
          : new Placement.Granted(
              entry.blob(), store.writeLink(entry.blob(), entry.sasExpires()), entry.sasExpires());
    }
    if (answer instanceof Ledger.Answer.Settled settled) {
      Ledger.Entry entry = settled.entry();
      DumpReport told = report.apply(entry.blob());
      ReportStore.change(store, entry.report(), known -> ReportEdit.merged(known, told));
      return new Placement.Settled(entry.blob());
    }
    return answer instanceof Ledger.Answer.Full ? new Placement.Full() : new Placement.NotYours();
  }

  /** The agent's dump got no place: what it tells is reported, or the crash is only counted. */
  public void refuse(StorageTarget target, CrashId crash, DumpName name, DumpReport report) {
    note(target, crash, name, (store, blob) -> ReportStore.put(store, blob, report));
  }

  /** A crash that no agent told of: reported once, or only counted. */
  public void record(StorageTarget target, CrashId crash, DumpName name, DumpReport report) {
    note(target, crash, name, (store, blob) -> ReportStore.create(store, blob, report));
  }

  private void note(
      StorageTarget target, CrashId crash, DumpName name, BiConsumer<DumpStore, String> write) {
    stores.use(
        target,
        store -> {
          Ledger ledger =
              Arrivals.transition(
                  store,
                  target,
                  now -> now.noted(crash, names(target, name), r -> store.stat(r).isPresent()));
          ledger.note(crash).ifPresent(note -> write.accept(store, note.report()));
          return null;
        });
  }

  /**
   * The agent says that the dump is in storage: looked at, not believed.
   *
   * @param length bytes of the blob
   * @param sha256 that its metadata must have
   */
  public Arrival complete(
      StorageTarget target,
      CrashId crash,
      String podUid,
      long length,
      long rawLength,
      String sha256,
      Optional<JsonNode> analysis) {
    Announced announced = new Announced(crash, podUid, length, rawLength, sha256, analysis);
    return stores.use(target, store -> Arrivals.complete(store, target, announced));
  }

  /**
   * The dump will never come: its place is free, unless it is there after all.
   *
   * @param podUid whose it must be; empty for the operator's own word
   */
  public void abandon(
      StorageTarget target,
      CrashId crash,
      Optional<String> podUid,
      DumpState state,
      String reason) {
    stores.use(
        target,
        store -> {
          Optional<Ledger.Entry> entry =
              LedgerStore.read(store, target)
                  .entry(crash)
                  .filter(e -> podUid.isEmpty() || podUid.get().equals(e.podUid()));
          entry
              .filter(e -> e.state() != Ledger.State.Stored && e.state() != Ledger.State.Analysed)
              .ifPresent(
                  e ->
                      Arrivals.close(store, target, e, now -> now.abandoned(crash), state, reason));
          return null;
        });
  }

  /** Nobody will ask for these any more: what is not there by now is lost. */
  public void endUploads(StorageTarget target, String reason) {
    stores.use(
        target,
        store -> {
          LedgerStore.read(store, target).entries().stream()
              .filter(e -> e.state() == Ledger.State.Granted)
              .forEach(
                  e ->
                      Arrivals.close(
                          store,
                          target,
                          e,
                          now -> now.abandoned(new CrashId(e.crashId())),
                          DumpState.Lost,
                          reason));
          return null;
        });
    stores.close(target.session());
  }

  /** Adds what the container of a crash wrote on its console; see {@link ReportEdit#logged}. */
  public void addLog(
      StorageTarget target, CrashId crash, PreviousLog log, Optional<JsonNode> exception) {
    edit(target, crash, report -> ReportEdit.logged(report, log, exception));
  }

  /** Changes the report of a crash of the current run; nothing when it has none. */
  void edit(StorageTarget target, CrashId crash, UnaryOperator<DumpReport> edit) {
    stores.use(
        target,
        store -> {
          Ledger ledger = LedgerStore.read(store, target);
          ledger
              .entry(crash)
              .map(Ledger.Entry::report)
              .or(() -> ledger.note(crash).map(Ledger.Note::report))
              .ifPresent(report -> ReportStore.change(store, report, edit));
          return null;
        });
  }

  private Ledger.Answer grant(DumpStore store, StorageTarget target, Wish wish) {
    Instant now = clock.instant();
    Ledger.Wish asked =
        new Ledger.Wish(
            wish.crash(),
            wish.podUid(),
            names(target, wish.name()),
            wish.name().compression(),
            wish.analysisOnly(),
            now,
            now.plus(LINK_LIFE));
    return LedgerStore.decide(
        store,
        target,
        ledger -> {
          Ledger.Answer answer =
              ledger.grant(asked, target.maxDumps(), report -> store.stat(report).isPresent());
          return new LedgerStore.Outcome<>(
              answer instanceof Ledger.Answer.Placed placed ? placed.ledger() : ledger, answer);
        });
  }

  /** Before a refusal: places whose dump was deleted, or never came, are free. */
  private boolean lookThrough(DumpStore store, StorageTarget target) {
    Instant now = clock.instant();
    Instant last = lookedThrough.get(target.session().uid());
    if (last != null && now.isBefore(last.plus(LOOK_AGAIN))) {
      return false;
    }
    Ledger ledger = LedgerStore.read(store, target);
    Arrivals.settleDue(store, target, ledger, now);
    for (Ledger.Entry entry : ledger.settled()) {
      Arrivals.freeIfGone(store, target, entry);
    }
    if (lookedThrough.size() > 1000) {
      lookedThrough.clear();
    }
    lookedThrough.put(target.session().uid(), now);
    return true;
  }

  private IntFunction<String> names(StorageTarget target, DumpName name) {
    LocalDate day = LocalDate.ofInstant(clock.instant(), ZoneOffset.UTC);
    return seconds ->
        target
            .layout()
            .dump(
                day,
                new DumpName(
                    name.pod(),
                    name.process(),
                    name.pid(),
                    name.exitCode(),
                    name.time().plusSeconds(seconds),
                    name.compression()));
  }
}
