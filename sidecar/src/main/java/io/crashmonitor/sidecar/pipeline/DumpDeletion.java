package io.crashmonitor.sidecar.pipeline;

import io.crashmonitor.sidecar.upload.DumpUpload;
import io.crashmonitor.sidecar.volume.VolumeLayout;
import java.io.IOException;
import java.util.logging.Logger;

/** The end of a dump's file, and of all that was kept of it. The log says why, in one line. */
final class DumpDeletion {
  private static final Logger LOG = Logger.getLogger(DumpDeletion.class.getName());

  private final VolumeLayout volume;
  private final DumpUpload uploads;
  private final Analyses analyses;
  private final DumpRuns runs;

  DumpDeletion(VolumeLayout volume, DumpUpload uploads, Analyses analyses, DumpRuns runs) {
    this.volume = volume;
    this.uploads = uploads;
    this.analyses = analyses;
    this.runs = runs;
  }

  /**
   * Deletes it.
   *
   * @param why for the log
   */
  Next delete(DumpJob job, String why) {
    analyses.cancel(job);
    try {
      job.file.delete();
    } catch (IOException inUse) {
      // On Windows a file that somebody has open stays; it is asked for again, and refused again.
      return Next.Retry.failed("cannot be deleted yet: " + inUse.getMessage());
    }
    LOG.info("deleted " + job.file.path().getFileName() + ": " + why);
    forget(job);
    return new Next.Deleted();
  }

  /** Somebody else took the file away. */
  Next gone(DumpJob job) {
    LOG.warning(job.file.path().getFileName() + " is gone; it was not the agent that deleted it");
    analyses.cancel(job);
    forget(job);
    return new Next.Deleted();
  }

  private void forget(DumpJob job) {
    job.facts.ifPresent(facts -> uploads.forget(volume.journal(facts.id())));
    analyses.forget(job.file);
    runs.forget(job.file.path());
  }
}
