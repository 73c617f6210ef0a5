package io.crashmonitor.operator.storage;

import io.crashmonitor.report.CrashId;
import io.crashmonitor.report.DumpReport;
import io.crashmonitor.report.ExitCode;
import io.crashmonitor.report.ExitCodeSource;

/**
 * Writes into reports what the reconciler finds out. Every call returns at once and may be repeated
 * each turn: what is written already is not written again, and what failed is tried at the next
 * call.
 */
public interface CrashRecorder {
  /** A crash that left no dump: written once; after 200 of a run it is only counted. */
  void recordWithoutDump(StorageTarget target, DumpReport report);

  /** The other half of a crash with a dump: how the container of the process ended. */
  void joinTermination(
      StorageTarget target,
      CrashId crash,
      ExitCode exitCode,
      ExitCodeSource exitCodeSource,
      int restartCount);

  /** The pod is gone before its dump was whole in storage; a dump that is there stays Stored. */
  void markLost(StorageTarget target, CrashId crash, String reason);
}
