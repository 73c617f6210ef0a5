package io.crashmonitor.operator.crash;

import io.crashmonitor.operator.inject.InjectedPod;
import io.crashmonitor.operator.inject.Termination;
import io.crashmonitor.operator.storage.StoredCrash;
import io.crashmonitor.report.CrashId;
import io.crashmonitor.report.ExitCode;
import io.crashmonitor.report.ExitCodeSource;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * The crashes of a run, each once, and what storage does not know of them yet.
 *
 * @param crashes of the current run, newest first; with what is about to be written
 * @param unrecorded crashes without a dump that storage does not know
 * @param joins reports that lack the end of their container
 * @param lost crashes whose dump will never be whole
 * @param endings of containers whose console output is in no report yet
 * @param lookAgainAt when a waiting half will have waited long enough
 */
public record CrashPicture(
    List<StoredCrash> crashes,
    List<Unrecorded> unrecorded,
    List<Join> joins,
    List<CrashId> lost,
    List<Ending> endings,
    Optional<Instant> lookAgainAt) {
  public CrashPicture {
    crashes = List.copyOf(crashes);
    unrecorded = List.copyOf(unrecorded);
    joins = List.copyOf(joins);
    lost = List.copyOf(lost);
    endings = List.copyOf(endings);
  }

  /** For when nothing can be read: whoever reads again wakes the reconciler. */
  public CrashPicture withoutLookingAgain() {
    return new CrashPicture(crashes, unrecorded, joins, lost, endings, Optional.empty());
  }

  /** A crash that left no dump, and the pod it happened in. */
  public record Unrecorded(StoredCrash crash, InjectedPod pod) {}

  /** The instance of a container that a crash in storage ended. */
  public record Ending(CrashId crash, InjectedPod pod, Termination termination) {}

  /** How the container of a crash ended. */
  public record Join(
      CrashId crash, ExitCode exitCode, ExitCodeSource exitCodeSource, int restartCount) {}
}
