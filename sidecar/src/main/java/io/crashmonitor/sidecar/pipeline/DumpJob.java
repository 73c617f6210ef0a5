package io.crashmonitor.sidecar.pipeline;

import io.crashmonitor.sidecar.dump.CrashFacts;
import io.crashmonitor.sidecar.dump.DumpFile;
import io.crashmonitor.sidecar.dump.Inspection;
import io.crashmonitor.sidecar.upload.Checksums;
import io.crashmonitor.sidecar.upload.UploadResult.Committed;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Future;

/**
 * What is known of one dump on its way. Handed from step to step, and used by one thread at a time;
 * the executors between them order their writes and reads.
 */
final class DumpJob {
  final DumpFile file;
  Optional<Inspection> inspection = Optional.empty();
  volatile Optional<CrashFacts> facts = Optional.empty();
  Optional<Future<Path>> analysis = Optional.empty();
  Optional<Committed> committed = Optional.empty();
  volatile boolean offered;
  volatile boolean placed;
  boolean analysisSent;

  /** Kept over attempts to upload it, which so need not read again what is in storage. */
  final Checksums sums = new Checksums();

  /**
   * Whether the last attempt to store it brought nothing: an offer that is taken is no progress.
   */
  boolean stuck;

  boolean overwrite;
  int looksForExit;
  int failures;
  int objections;
  volatile boolean givenUp;

  DumpJob(DumpFile file) {
    this.file = file;
  }
}
