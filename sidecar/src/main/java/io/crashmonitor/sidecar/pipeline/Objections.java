package io.crashmonitor.sidecar.pipeline;

import io.crashmonitor.sidecar.operator.Reply;
import java.util.logging.Logger;

/**
 * What follows when the operator did not take a message about a dump. Mostly it is tried again, as
 * long as the pod lives. One that the operator finds wrong would stay wrong: after some tries it
 * goes out without the analysis, the only part that is not of a few plain facts; after some more
 * the dump is given up. Its file stays in the volume: an agent or operator of another version may
 * agree about it, and the guard of the disk counts it.
 */
final class Objections {
  private static final Logger LOG = Logger.getLogger(Objections.class.getName());
  private static final int TRIES_WITH_ANALYSIS = 4;
  static final int TRIES = 8;

  private Objections() {}

  static Next after(DumpJob job, Analyses analyses, String what, Reply.Later<?> later) {
    if (later.wrong()) {
      job.objections++;
      if (job.objections >= TRIES) {
        return new Next.GivenUp(what + later.why());
      }
      if (job.objections == TRIES_WITH_ANALYSIS && job.analysis.isPresent()) {
        LOG.warning(job.file.path().getFileName() + ": goes on without its analysis");
        analyses.cancel(job);
      }
    }
    return Next.Retry.failed(what + later.why(), later.after());
  }
}
