package io.crashmonitor.operator.storage;

import io.crashmonitor.report.CrashId;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What storage held when it was last read.
 *
 * @param at when
 * @param place where it was read, see {@link StorageTarget#place}
 * @param runId the run whose ledger was read
 * @param crashes of the workload, newest first, of this run and earlier ones; a Stored one whose
 *     dump is gone is left out. On a fault those last known.
 * @param fault why storage cannot be read now
 * @param ledgerPlacesUsed places of that run that are taken: stored, being uploaded, or (dump type
 *     None) analysed
 * @param onlyCounted crashes of that run without a report, because it has too many
 */
public record StorageSnapshot(
    Instant at,
    String place,
    String runId,
    List<StoredCrash> crashes,
    Optional<StorageFault> fault,
    int ledgerPlacesUsed,
    Set<CrashId> onlyCounted) {
  public StorageSnapshot {
    crashes = List.copyOf(crashes);
    onlyCounted = Set.copyOf(onlyCounted);
  }

  /** Whether both say the same but for the time. */
  public boolean sameContent(StorageSnapshot other) {
    return place.equals(other.place)
        && runId.equals(other.runId)
        && crashes.equals(other.crashes)
        && fault.equals(other.fault)
        && ledgerPlacesUsed == other.ledgerPlacesUsed
        && onlyCounted.equals(other.onlyCounted);
  }
}
