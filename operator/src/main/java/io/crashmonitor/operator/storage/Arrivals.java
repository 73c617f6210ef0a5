package io.crashmonitor.operator.storage;

import io.crashmonitor.agent.AgentProtocol;
import io.crashmonitor.api.DumpState;
import io.crashmonitor.operator.storage.DumpPlaces.Announced;
import io.crashmonitor.operator.storage.DumpPlaces.Arrival;
import io.crashmonitor.report.BlobLayout;
import io.crashmonitor.report.CrashId;
import io.crashmonitor.report.DumpReport;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Function;

/** How places end: filled, run out, given up or freed. What lies in storage decides. */
final class Arrivals {
  private static final String LATE = "the dump did not arrive in time";

  private Arrivals() {}

  static Arrival complete(DumpStore store, StorageTarget target, Announced told) {
    Optional<Ledger.Entry> entry =
        LedgerStore.read(store, target)
            .entry(told.crash())
            .filter(e -> e.podUid().equals(told.podUid()));
    return switch (entry.map(Ledger.Entry::state).orElse(Ledger.State.Expired)) {
      case Gone, Analysed -> Arrival.Stored;
      case Expired, Abandoned -> Arrival.NoGrant;
      case Granted, Stored -> arrived(store, target, told, entry.get());
    };
  }

  private static Arrival arrived(
      DumpStore store, StorageTarget target, Announced told, Ledger.Entry entry) {
    boolean before = entry.state() == Ledger.State.Stored;
    Optional<DumpStore.Facts> facts = store.stat(entry.blob());
    if (facts.isEmpty()) {
      // Stored and not there: somebody deleted it, which is no reason to send it again.
      return before ? Arrival.Stored : Arrival.Missing;
    }
    if (!asAnnounced(facts.get(), told)) {
      if (before) {
        return Arrival.Stored;
      }
      // An agent never overwrites, so what is not whole has to go before it can come again.
      store.delete(entry.blob(), facts.get().etag());
      return Arrival.Missing;
    }
    ReportStore.change(
        store,
        entry.report(),
        r ->
            ReportEdit.stored(
                r,
                entry.blob(),
                told.length(),
                Optional.of(told.rawLength()),
                Optional.of(told.sha256()),
                told.analysis()));
    Ledger after = transition(store, target, now -> now.stored(told.crash()));
    return after.entry(told.crash()).filter(e -> e.state() == Ledger.State.Stored).isPresent()
        ? Arrival.Stored
        : Arrival.NoGrant;
  }

  /** Ends grants whose time is over. */
  static void settleDue(DumpStore store, StorageTarget target, Ledger ledger, Instant now) {
    for (Ledger.Entry entry : ledger.due(now)) {
      CrashId crash = new CrashId(entry.crashId());
      close(store, target, entry, l -> l.expired(crash, now), DumpState.Lost, LATE);
    }
  }

  /** Has a report say what became of its dump, by whether it is there. */
  static void tell(DumpStore store, String blob) {
    Optional<DumpStore.Facts> facts = store.stat(blob);
    ReportStore.change(
        store,
        BlobLayout.reportOf(blob),
        report ->
            facts
                .map(f -> stored(report, f))
                .orElseGet(() -> ReportEdit.withoutDump(report, DumpState.Lost, LATE)));
  }

  private static DumpReport stored(DumpReport report, DumpStore.Facts dump) {
    Optional<String> sha = Optional.ofNullable(dump.metadata().get(AgentProtocol.SHA256));
    return ReportEdit.stored(
        report, dump.name(), dump.length(), Optional.empty(), sha, Optional.empty());
  }

  /** Frees the place of something that was deleted, if it really was. */
  static boolean freeIfGone(DumpStore store, StorageTarget target, Ledger.Entry entry) {
    String holds = entry.state() == Ledger.State.Analysed ? entry.report() : entry.blob();
    if (store.stat(holds).isPresent()) {
      return false;
    }
    transition(store, target, l -> l.gone(new CrashId(entry.crashId())));
    return true;
  }

  /** What is there is stored, whoever said what; else the place ends. */
  static void close(
      DumpStore store,
      StorageTarget target,
      Ledger.Entry entry,
      Function<Ledger, Ledger> end,
      DumpState state,
      String reason) {
    CrashId crash = new CrashId(entry.crashId());
    Optional<DumpStore.Facts> facts =
        entry.state() == Ledger.State.Granted ? store.stat(entry.blob()) : Optional.empty();
    if (facts.isPresent()) {
      ReportStore.change(store, entry.report(), r -> stored(r, facts.get()));
      transition(store, target, l -> l.stored(crash));
    } else {
      Ledger after = transition(store, target, end);
      if (after.entry(crash).filter(e -> e.state() == Ledger.State.Granted).isEmpty()) {
        ReportStore.change(store, entry.report(), r -> ReportEdit.withoutDump(r, state, reason));
      }
    }
  }

  static Ledger transition(
      DumpStore store, StorageTarget target, Function<Ledger, Ledger> transition) {
    return LedgerStore.decide(
        store,
        target,
        now -> {
          Ledger next = transition.apply(now);
          return new LedgerStore.Outcome<>(next, next);
        });
  }

  private static boolean asAnnounced(DumpStore.Facts facts, Announced told) {
    return facts.length() == told.length()
        && told.sha256().equals(facts.metadata().get(AgentProtocol.SHA256));
  }
}
