package io.crashmonitor.operator.storage;

import io.crashmonitor.agent.AgentProtocol;
import io.crashmonitor.api.CrashKind;
import io.crashmonitor.api.DumpState;
import io.crashmonitor.report.BlobLayout;
import io.crashmonitor.report.CrashId;
import io.crashmonitor.report.DumpReport;
import io.crashmonitor.report.ExitCodeSource;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Storage is the truth also where somebody changed it by hand: a dump that is put back counts
 * again, and a dump whose report was deleted gets another.
 */
final class Remakes {
  private Remakes() {}

  /**
   * Takes note that what was deleted is there again.
   *
   * @return whether it is
   */
  static boolean restore(
      DumpStore store,
      StorageTarget target,
      Ledger.Entry entry,
      Map<String, DumpStore.Facts> there) {
    Optional<Ledger.State> as =
        // A listing is a moment old: what it shows may have been deleted since.
        there.containsKey(entry.blob()) && store.stat(entry.blob()).isPresent()
            ? Optional.of(Ledger.State.Stored)
            : Optional.ofNullable(there.get(entry.report()))
                .flatMap(facts -> ReportMetadata.parse(facts.metadata()))
                .filter(crash -> crash.dump() == DumpState.None)
                .map(crash -> Ledger.State.Analysed);
    as.ifPresent(
        state ->
            Arrivals.transition(
                store, target, l -> l.restored(new CrashId(entry.crashId()), state)));
    return as.isPresent();
  }

  /** Writes reports of dumps that lie there without one; their metadata. */
  static Stream<Map<String, String>> missingReports(
      DumpStore store, StorageTarget target, Ledger ledger, Map<String, DumpStore.Facts> there) {
    return ledger.settled().stream()
        .filter(entry -> entry.state() == Ledger.State.Stored)
        .filter(entry -> there.containsKey(entry.blob()) && !there.containsKey(entry.report()))
        // A dump and its report can be on two pages of a listing, read at two times.
        .filter(entry -> store.stat(entry.report()).isEmpty())
        .filter(entry -> store.stat(entry.blob()).isPresent())
        .flatMap(entry -> report(target, entry, there.get(entry.blob())).stream())
        .peek(report -> ReportStore.create(store, BlobLayout.reportOf(report.blob()), report))
        .map(ReportMetadata::of);
  }

  /** All that name and ledger tell. */
  private static Optional<DumpReport> report(
      StorageTarget target, Ledger.Entry entry, DumpStore.Facts dump) {
    BlobLayout layout = target.layout();
    return BlobLayout.parse(entry.blob())
        .map(
            name ->
                new DumpReport(
                    DumpReport.SCHEMA_VERSION,
                    entry.crashId(),
                    target.run().id(),
                    target.session().uid(),
                    layout.namespace(),
                    layout.kind() + "/" + layout.workload(),
                    name.pod(),
                    entry.podUid(),
                    "",
                    "",
                    "",
                    null,
                    name.pid(),
                    name.process(),
                    null,
                    name.time(),
                    CrashKind.Crash,
                    name.exitCode().code(),
                    ExitCodeSource.Exception,
                    null,
                    null,
                    DumpState.Stored,
                    "",
                    entry.blob(),
                    dump.length(),
                    null,
                    dump.metadata().get(AgentProtocol.SHA256),
                    null,
                    null));
  }
}
