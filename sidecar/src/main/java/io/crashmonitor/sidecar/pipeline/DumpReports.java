package io.crashmonitor.sidecar.pipeline;

import com.fasterxml.jackson.databind.JsonNode;
import io.crashmonitor.agent.DumpAbandon;
import io.crashmonitor.agent.DumpDecision;
import io.crashmonitor.agent.DumpOffer;
import io.crashmonitor.agent.SessionConfiguration;
import io.crashmonitor.report.CrashId;
import io.crashmonitor.sidecar.dump.CrashFacts;
import io.crashmonitor.sidecar.dump.Inspection;
import io.crashmonitor.sidecar.operator.OperatorClient;
import io.crashmonitor.sidecar.operator.Reply;
import io.crashmonitor.sidecar.procdump.ProcDumpLog;
import io.crashmonitor.sidecar.session.KnownSession;
import io.crashmonitor.sidecar.upload.DumpUpload;
import java.util.Optional;
import java.util.logging.Logger;

/** What the operator is told of a dump. */
final class DumpReports {
  private static final Logger LOG = Logger.getLogger(DumpReports.class.getName());

  private final String podUid;
  private final OperatorClient operator;
  private final DumpRuns runs;
  private final ProcDumpLog console;
  private final KnownSession session;

  /**
   * @param podUid first part of every crash id
   */
  DumpReports(
      String podUid,
      OperatorClient operator,
      DumpRuns runs,
      ProcDumpLog console,
      KnownSession session) {
    this.podUid = podUid;
    this.session = session;
    this.operator = operator;
    this.runs = runs;
    this.console = console;
  }

  /** Reports the crash and asks for a place, or renews it. */
  Reply<DumpDecision> offer(
      DumpJob job, SessionConfiguration configuration, Optional<JsonNode> analysis)
      throws InterruptedException {
    DumpOffer offer =
        job.facts
            .orElseThrow()
            .offer(
                runs.of(job.file.path(), Optional.of(configuration.runId())).orElseThrow(),
                configuration.dump().type(),
                DumpUpload.supported(configuration.dump().compression()),
                isTruncated(job),
                analysis,
                console.of(job.facts.get().instance()),
                session.clockOffset());
    Reply<DumpDecision> reply = operator.offer(offer);
    job.offered |= reply instanceof Reply.Answer;
    return reply;
  }

  /** The dump will never come. */
  void abandon(DumpJob job, String reason, String message) throws InterruptedException {
    CrashId id =
        job.facts
            .map(CrashFacts::id)
            .orElseGet(
                () -> CrashId.of(podUid, job.file.process().pid(), job.file.process().start()));
    if (operator.abandon(id, new DumpAbandon(reason, message)) instanceof Reply.Later<Void> later) {
      LOG.warning(job.file.path().getFileName() + ": not reported: " + later.why());
    }
  }

  /** Whether it is not whole, be it that nothing of a dump is in it. */
  static boolean isTruncated(DumpJob job) {
    return job.inspection.filter(i -> !(i instanceof Inspection.Whole)).isPresent();
  }
}
