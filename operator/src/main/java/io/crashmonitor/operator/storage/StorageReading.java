package io.crashmonitor.operator.storage;

import io.crashmonitor.api.DumpState;
import io.crashmonitor.report.BlobLayout;
import io.crashmonitor.report.CrashId;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Reads once what lies in storage for a session, and puts the ledger right by it. */
final class StorageReading {
  /** Blobs of one listing: some thousand crashes of many runs. */
  private static final int LISTING_LIMIT = 5000;

  private static final int DAY_LIMIT = 1000;
  private static final int RUNS_ENDED_AT_ONCE = 3;
  private static final Comparator<StoredCrash> NEWEST_FIRST =
      Comparator.comparing(StoredCrash::time).reversed().thenComparing(crash -> crash.id().value());

  private StorageReading() {}

  /**
   * @param gone names of dumps that are known to be deleted: each is asked for once
   */
  static StorageSnapshot read(
      DumpStore store, StorageTarget target, Set<String> gone, Instant now) {
    return read(store, target, gone, now, LISTING_LIMIT);
  }

  static StorageSnapshot read(
      DumpStore store, StorageTarget target, Set<String> gone, Instant now, int limit) {
    List<DumpStore.Facts> blobs = list(store, target, limit);
    Map<String, DumpStore.Facts> names = new HashMap<>();
    blobs.forEach(blob -> names.put(blob.name(), blob));
    Ledger ledger = settle(store, target, names, now);
    Stream<Map<String, String>> reports =
        blobs.stream()
            .filter(blob -> blob.name().endsWith(BlobLayout.REPORT_SUFFIX))
            .map(DumpStore.Facts::metadata);
    List<StoredCrash> told =
        Stream.concat(reports, Remakes.missingReports(store, target, ledger, names))
            .flatMap(metadata -> ReportMetadata.parse(metadata).stream())
            .toList();
    endEarlierRuns(store, target, told, now);
    List<StoredCrash> crashes =
        told.stream()
            .map(crash -> ofEndedRun(crash, target, names, now))
            .filter(crash -> isThere(store, crash, names, gone))
            .sorted(NEWEST_FIRST)
            .toList();
    return new StorageSnapshot(
        now,
        StorageTarget.place(target.storage()),
        target.run().id(),
        crashes,
        Optional.empty(),
        ledger.placesUsed(),
        ledger.counted().stream().map(CrashId::new).collect(Collectors.toSet()));
  }

  /** One listing; where the workload has a long history, its days, newest first. */
  private static List<DumpStore.Facts> list(DumpStore store, StorageTarget target, int limit) {
    String folder = target.layout().folder();
    DumpStore.Listing all = store.list(folder, limit);
    if (all.complete()) {
      return all.blobs();
    }
    LocalDate runStart = LocalDate.ofInstant(target.run().startTime(), ZoneOffset.UTC);
    List<String> days = new ArrayList<>(store.folders(folder, DAY_LIMIT));
    days.sort(Comparator.reverseOrder());
    List<DumpStore.Facts> blobs = new ArrayList<>();
    for (String day : days) {
      boolean ofThisRun = day.compareTo(folder + runStart) >= 0;
      if (blobs.size() >= limit && !ofThisRun) {
        break;
      }
      blobs.addAll(store.list(day, LISTING_LIMIT).blobs());
    }
    return blobs;
  }

  private static Ledger settle(
      DumpStore store, StorageTarget target, Map<String, DumpStore.Facts> names, Instant now) {
    Ledger ledger = LedgerStore.read(store, target);
    boolean changed = !ledger.due(now).isEmpty();
    Arrivals.settleDue(store, target, ledger, now);
    for (Ledger.Entry entry : ledger.settled()) {
      String holds = entry.state() == Ledger.State.Analysed ? entry.report() : entry.blob();
      changed |= !names.containsKey(holds) && Arrivals.freeIfGone(store, target, entry);
    }
    for (Ledger.Entry entry : ledger.gone()) {
      changed |= Remakes.restore(store, target, entry, names);
    }
    return changed ? LedgerStore.read(store, target) : ledger;
  }

  /**
   * What was on its way when a run ended, or its session was deleted, and which nobody ended since:
   * its own ledger knows when that is over.
   */
  private static void endEarlierRuns(
      DumpStore store, StorageTarget target, List<StoredCrash> crashes, Instant now) {
    crashes.stream()
        .filter(crash -> ofEarlierRun(crash, target) && isOver(crash, now))
        .map(StoredCrash::runId)
        .distinct()
        .limit(RUNS_ENDED_AT_ONCE)
        .map(target::ofRun)
        .forEach(run -> Arrivals.settleDue(store, run, LedgerStore.read(store, run), now));
  }

  private static boolean ofEarlierRun(StoredCrash crash, StorageTarget target) {
    return crash.dump() == DumpState.Uploading && !crash.runId().equals(target.run().id());
  }

  private static boolean isOver(StoredCrash crash, Instant now) {
    return now.isAfter(crash.time().plus(DumpPlaces.LINK_LIFE).plus(Ledger.GRACE));
  }

  /**
   * Until the ledger of a run that ended is settled, what became of a dump that was on its way then
   * is told by whether it is there.
   */
  private static StoredCrash ofEndedRun(
      StoredCrash crash, StorageTarget target, Map<String, DumpStore.Facts> names, Instant now) {
    if (!ofEarlierRun(crash, target)) {
      return crash;
    }
    if (crash.blob().filter(names::containsKey).isPresent()) {
      return crash.with(DumpState.Stored);
    }
    return isOver(crash, now) ? crash.with(DumpState.Lost) : crash;
  }

  /** A report and its dump can be on two pages of a listing, read at two times: asked again. */
  private static boolean isThere(
      DumpStore store, StoredCrash crash, Map<String, DumpStore.Facts> names, Set<String> gone) {
    if (crash.dump() != DumpState.Stored) {
      return true;
    }
    String blob = crash.blob().orElse("");
    if (names.containsKey(blob)) {
      gone.remove(blob);
      return true;
    }
    if (blob.isEmpty() || gone.contains(blob)) {
      return false;
    }
    if (store.stat(blob).isPresent()) {
      return true;
    }
    gone.add(blob);
    return false;
  }
}
