package io.crashmonitor.sidecar.pipeline;

import com.fasterxml.jackson.databind.JsonNode;
import io.crashmonitor.agent.CompletionVerdict;
import io.crashmonitor.agent.DumpCompletion;
import io.crashmonitor.agent.DumpDecision;
import io.crashmonitor.agent.DumpDecision.AlreadyStored;
import io.crashmonitor.agent.DumpDecision.Granted;
import io.crashmonitor.agent.DumpDecision.Refused;
import io.crashmonitor.agent.SessionConfiguration;
import io.crashmonitor.api.CrashKind;
import io.crashmonitor.sidecar.dump.CrashFacts;
import io.crashmonitor.sidecar.dump.DumpFile;
import io.crashmonitor.sidecar.dump.DumpInspector;
import io.crashmonitor.sidecar.dump.Inspection;
import io.crashmonitor.sidecar.operator.OperatorClient;
import io.crashmonitor.sidecar.operator.Reply;
import io.crashmonitor.sidecar.pipeline.Next.Retry;
import io.crashmonitor.sidecar.procdump.ProcDumpLog;
import io.crashmonitor.sidecar.session.KnownSession;
import io.crashmonitor.sidecar.supervisor.HelperState;
import io.crashmonitor.sidecar.upload.DumpUpload;
import io.crashmonitor.sidecar.upload.UploadResult;
import io.crashmonitor.sidecar.upload.UploadResult.Committed;
import io.crashmonitor.sidecar.volume.VolumeLayout;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.logging.Logger;

/** The steps of a dump's way; each ends with what is next. */
public final class DumpSteps implements AutoCloseable {
  private static final Logger LOG = Logger.getLogger(DumpSteps.class.getName());
  private static final Duration LOOK_AGAIN = Duration.ofSeconds(1);
  private static final int LOOKS_FOR_EXIT = 3;
  // A runtime may write a stack of thousands of lines between its first chance and its end.
  private static final int LOOKS_AFTER_FIRST_CHANCE = 10;

  /**
   * How long things may take.
   *
   * @param analysisBeforeOffer then the offer goes out without it
   * @param analysisBeforeDelete then it is given up
   */
  public record Limits(Duration analysisBeforeOffer, Duration analysisBeforeDelete) {
    public static final Limits USUAL = new Limits(Duration.ofSeconds(20), Duration.ofSeconds(60));
  }

  private final String podUid;
  private final VolumeLayout volume;
  private final KnownSession session;
  private final Supplier<HelperState> helper;
  private final OperatorClient operator;
  private final DumpInspector inspector;
  private final DumpUpload uploads;
  private final Limits limits;
  private final Analyses analyses;
  private final DumpRuns runs;
  private final DumpReports reports;
  private final DumpDeletion deletion;

  /**
   * @param podUid first part of every crash id
   * @param helper the helper's state now
   */
  public DumpSteps(
      String podUid,
      VolumeLayout volume,
      KnownSession session,
      Supplier<HelperState> helper,
      OperatorClient operator,
      DumpInspector inspector,
      DumpUpload uploads,
      Limits limits) {
    this.podUid = podUid;
    this.volume = volume;
    this.session = session;
    this.helper = helper;
    this.operator = operator;
    this.inspector = inspector;
    this.uploads = uploads;
    this.limits = limits;
    this.analyses = new Analyses(inspector, volume);
    this.runs = new DumpRuns(volume.dumpRuns());
    this.reports =
        new DumpReports(podUid, operator, runs, new ProcDumpLog(volume.procdumpLog()), session);
    this.deletion = new DumpDeletion(volume, uploads, analyses, runs);
  }

  /** Notes in which run a dump was found. */
  void found(DumpFile dump) {
    runs.of(dump.path(), session.configuration().map(SessionConfiguration::runId));
  }

  /** Looks into the dump and offers it; goes on from there when it was offered before. */
  Next offer(DumpJob job) throws InterruptedException {
    if (job.committed.isPresent()) {
      return complete(job, job.committed.get());
    }
    Optional<SessionConfiguration> configuration = session.configuration();
    if (configuration.isEmpty()) {
      return Retry.waiting(LOOK_AGAIN);
    }
    if (volume.replaced().isPresent()) {
      return Retry.failed(volume.replaced().get() + " is no plain folder");
    }
    try {
      Optional<Next> unfit = lookInto(job);
      if (unfit.isPresent()) {
        return unfit.get();
      }
    } catch (NoSuchFileException gone) {
      return deletion.gone(job);
    } catch (IOException e) {
      return Retry.failed("cannot be read: " + e.getMessage());
    }
    Optional<JsonNode> analysis = analyses.await(job, limits.analysisBeforeOffer());
    Reply<DumpDecision> reply = reports.offer(job, configuration.get(), analysis);
    if (reply instanceof Reply.Later<DumpDecision> later) {
      return Objections.after(job, analyses, "not offered: ", later);
    }
    if (!job.stuck) {
      job.failures = 0;
    }
    job.analysisSent |= analysis.isPresent();
    return decided(job, ((Reply.Answer<DumpDecision>) reply).value());
  }

  /** Uploads to the place granted, and tells the operator. */
  Next upload(DumpJob job, Granted grant) throws InterruptedException {
    CrashFacts facts = job.facts.orElseThrow();
    SessionConfiguration configuration = session.configuration().orElseThrow();
    DumpUpload.Job what =
        new DumpUpload.Job(
            job.file.path(), grant, volume.journal(facts.id()), job.overwrite, job.sums);
    UploadResult result =
        uploads.upload(
            what, () -> reports.offer(job, configuration, analyses.await(job, Duration.ZERO)));
    if (result instanceof Committed committed) {
      LOG.info(
          grant.blob() + ": " + committed.rawLength() + " bytes stored as " + committed.length());
      job.committed = Optional.of(committed);
      return complete(job, committed);
    }
    if (result instanceof UploadResult.Decided decided) {
      return decided(job, decided.decision());
    }
    if (result instanceof UploadResult.Postponed postponed) {
      job.stuck = !postponed.progress();
      job.failures = postponed.progress() ? 0 : job.failures;
      return Retry.failed("not uploaded: " + postponed.why(), postponed.after());
    }
    return deletion.gone(job);
  }

  /** What will not arrive any more, as far as the operator can still be told. */
  void lost(DumpJob job) throws InterruptedException {
    if (job.committed.isPresent()) {
      // It is in storage: the operator hears of it, but for an analysis there is no time.
      if (analyses.await(job, Duration.ZERO).isEmpty()) {
        analyses.cancel(job);
      }
      complete(job, job.committed.get());
      return;
    }
    LOG.warning("lost with the pod: " + job.file.path().getFileName());
    Optional<SessionConfiguration> configuration = session.configuration();
    try {
      // One that was not offered yet is no crash the operator knows.
      if (!job.offered && !job.givenUp && configuration.isPresent()) {
        facts(job);
        reports.offer(job, configuration.get(), Optional.empty());
      }
    } catch (IOException unreadable) {
      LOG.warning(job.file.path().getFileName() + ": cannot be read: " + unreadable.getMessage());
    }
    reports.abandon(job, "Lost", "the pod ended before the dump was in storage");
  }

  @Override
  public void close() {
    analyses.close();
  }

  /** Finds out what it is; an answer only where nothing is to be offered now. */
  private Optional<Next> lookInto(DumpJob job) throws IOException, InterruptedException {
    boolean first = job.inspection.isEmpty();
    CrashFacts facts = facts(job);
    Inspection inspection = job.inspection.orElseThrow();
    if (first && inspection instanceof Inspection.Whole) {
      job.analysis = Optional.of(analyses.begin(job.file));
    }
    if (first && inspection instanceof Inspection.NoDump no) {
      LOG.warning(job.file.path().getFileName() + " is no dump: " + no.why());
    }
    // The helper sees the end of the process a moment after the dump.
    int looks = facts.kind() == CrashKind.FirstChance ? LOOKS_AFTER_FIRST_CHANCE : LOOKS_FOR_EXIT;
    if (facts.exit().isEmpty() && helper.get().alive() && job.looksForExit++ < looks) {
      return Optional.of(Retry.waiting(LOOK_AGAIN));
    }
    if (facts.contradictory()) {
      LOG.warning(job.file.path().getFileName() + ": is of another process by its content");
    }
    return Optional.empty();
  }

  private CrashFacts facts(DumpJob job) throws IOException {
    if (job.inspection.isEmpty()) {
      job.inspection = Optional.of(inspector.inspect(job.file.path()));
    }
    CrashFacts facts = CrashFacts.of(podUid, job.file, job.inspection.get().facts(), helper.get());
    job.facts = Optional.of(facts);
    return facts;
  }

  private Next decided(DumpJob job, DumpDecision decision) throws InterruptedException {
    job.placed = decision instanceof Granted;
    if (decision instanceof Granted grant) {
      if (DumpReports.isTruncated(job)) {
        reports.abandon(job, "Truncated", "the dump is not whole");
        return deletion.delete(job, "not stored: it is not whole");
      }
      return new Next.Upload(grant);
    }
    if (decision instanceof Refused refused) {
      String message = refused.message() == null ? "" : ": " + refused.message();
      return finish(job, "not stored: " + refused.reason() + message);
    }
    String blob = ((AlreadyStored) decision).blob();
    return finish(job, "stored by an earlier upload as " + blob);
  }

  private Next complete(DumpJob job, Committed committed) throws InterruptedException {
    Optional<JsonNode> analysis =
        job.analysisSent ? Optional.empty() : analyses.await(job, Duration.ZERO);
    Reply<CompletionVerdict> reply =
        operator.complete(
            job.facts.orElseThrow().id(),
            new DumpCompletion(
                committed.length(),
                committed.rawLength(),
                committed.sha256(),
                analysis.orElse(null)));
    if (reply instanceof Reply.Later<CompletionVerdict> later) {
      return Objections.after(job, analyses, "stored, but not confirmed: ", later);
    }
    CompletionVerdict verdict = ((Reply.Answer<CompletionVerdict>) reply).value();
    return switch (verdict.outcome()) {
      case Stored -> {
        job.analysisSent |= analysis.isPresent();
        yield finish(job, "stored");
      }
      case UploadAgain -> {
        uploads.forget(volume.journal(job.facts.orElseThrow().id()));
        job.committed = Optional.empty();
        job.overwrite = true;
        job.stuck = true;
        yield Retry.failed("the operator does not find it in storage: " + verdict.message());
      }
      case OfferAgain -> {
        job.committed = Optional.empty();
        job.placed = false;
        yield Retry.failed("its place is gone: " + verdict.message());
      }
    };
  }

  /** The operator has decided for good: brings what is still missing of the report, deletes. */
  private Next finish(DumpJob job, String outcome) throws InterruptedException {
    if (!job.analysisSent && job.analysis.isPresent()) {
      Optional<JsonNode> analysis = analyses.await(job, limits.analysisBeforeDelete());
      if (analysis.isPresent()) {
        job.analysisSent = true;
        Reply<DumpDecision> reply =
            reports.offer(job, session.configuration().orElseThrow(), analysis);
        if (reply instanceof Reply.Later<DumpDecision> later) {
          job.analysisSent = false;
          return Objections.after(job, analyses, "its analysis is not reported: ", later);
        }
        if (((Reply.Answer<DumpDecision>) reply).value() instanceof Granted grant) {
          return late(job, grant);
        }
      }
    }
    return deletion.delete(job, outcome);
  }

  /** A place came free while the analysis was brought: for a dump that has none, or for nobody. */
  private Next late(DumpJob job, Granted grant) throws InterruptedException {
    if (job.committed.isEmpty()) {
      return new Next.Upload(grant);
    }
    String why = "the dump was deleted from storage right after it had come there";
    reports.abandon(job, "Lost", why);
    return deletion.delete(job, "not stored any more: " + why);
  }
}
