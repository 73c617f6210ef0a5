package io.crashmonitor.operator.agent;

import io.crashmonitor.agent.CompletionVerdict;
import io.crashmonitor.agent.CompletionVerdict.Outcome;
import io.crashmonitor.agent.DumpAbandon;
import io.crashmonitor.agent.DumpCompletion;
import io.crashmonitor.agent.DumpDecision;
import io.crashmonitor.agent.DumpDecision.AlreadyStored;
import io.crashmonitor.agent.DumpDecision.Granted;
import io.crashmonitor.agent.DumpDecision.Refused;
import io.crashmonitor.agent.DumpOffer;
import io.crashmonitor.api.Compression;
import io.crashmonitor.api.DumpState;
import io.crashmonitor.api.DumpType;
import io.crashmonitor.operator.storage.DumpPlaces;
import io.crashmonitor.operator.storage.DumpPlaces.Arrival;
import io.crashmonitor.operator.storage.DumpPlaces.Placement;
import io.crashmonitor.operator.storage.StorageTarget;
import io.crashmonitor.report.BlobLayout.DumpName;
import io.crashmonitor.report.CrashId;
import io.crashmonitor.report.DumpReport;
import io.crashmonitor.report.ExitCodeSource;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/** Decides on dumps that agents offer, complete and abandon. Every method may wait for storage. */
final class DumpDesk {
  private static final Pattern SHA256 = Pattern.compile("[0-9a-f]{64}");
  private static final int WORDS = 200;

  private final DumpPlaces places;
  private final Clock clock;

  DumpDesk(DumpPlaces places, Clock clock) {
    this.places = places;
    this.clock = clock;
  }

  DumpDecision offer(AgentIdentity pod, PublishedSession session, DumpOffer offer) {
    OfferPolicy.check(offer, pod.podUid());
    Instant now = clock.instant();
    Instant crash = OfferPolicy.countedTime(offer, now);
    Optional<PublishedSession> run = OfferPolicy.run(offer, crash, session.runs(), now);
    if (offer.truncated()) {
      return refuse(
          pod,
          run.orElse(session),
          offer,
          DumpState.Truncated,
          new Refused("Truncated", "the file is not whole"));
    }
    if (run.isEmpty()) {
      Refused refused = OfferPolicy.window(crash, session, now).orElseThrow();
      return refuse(pod, session, offer, DumpState.Refused, refused);
    }
    return place(pod, run.get(), offer);
  }

  private DumpDecision place(AgentIdentity pod, PublishedSession run, DumpOffer offer) {
    boolean analysisOnly =
        offer.dumpType() == DumpType.None || run.configuration().dump().type() == DumpType.None;
    OfferedReport report = new OfferedReport(pod, run, offer, clock.instant());
    DumpPlaces.Wish wish =
        new DumpPlaces.Wish(
            new CrashId(offer.crashId()), pod.podUid(), name(pod, offer), analysisOnly);
    Placement placement =
        places.place(
            run.storage(),
            wish,
            blob -> analysisOnly ? report.analysisOnly() : report.uploading(blob));
    if (placement instanceof Placement.Granted granted) {
      return new Granted(granted.blob(), granted.url().toString(), granted.expires());
    }
    if (placement instanceof Placement.Settled settled) {
      return analysisOnly
          ? new Refused("NotWanted", "the session keeps the analysis only (dump.type None)")
          : new AlreadyStored(settled.blob());
    }
    if (placement instanceof Placement.NotYours) {
      throw Refusal.forbidden("the crash is another pod's");
    }
    return refuse(
        pod,
        run,
        offer,
        DumpState.Refused,
        new Refused(
            "BudgetUsed", "all " + run.storage().maxDumps() + " dumps of the run are used"));
  }

  CompletionVerdict complete(
      AgentIdentity pod, PublishedSession session, CrashId crash, DumpCompletion completion) {
    if (completion.length() <= 0 || completion.rawLength() < 0) {
      throw Refusal.badRequest("length or rawLength is no length of a dump");
    }
    if (completion.sha256() == null || !SHA256.matcher(completion.sha256()).matches()) {
      throw Refusal.badRequest("sha256 is not 64 lower-case hexadecimal digits");
    }
    Arrival arrival = Arrival.NoGrant;
    for (StorageTarget run : targets(session)) {
      arrival =
          places.complete(
              run,
              crash,
              pod.podUid(),
              completion.length(),
              completion.rawLength(),
              completion.sha256(),
              Optional.ofNullable(completion.analysis()).filter(a -> a.isObject()));
      if (arrival != Arrival.NoGrant) {
        break;
      }
    }
    return switch (arrival) {
      case Stored -> new CompletionVerdict(Outcome.Stored, "");
      case Missing ->
          new CompletionVerdict(
              Outcome.UploadAgain, "the blob is not there, or not of that length and hash");
      case NoGrant -> new CompletionVerdict(Outcome.OfferAgain, "the grant is over");
    };
  }

  void abandon(
      AgentIdentity pod, PublishedSession session, CrashId crash, DumpAbandon abandonment) {
    String reason = Optional.ofNullable(abandonment.reason()).orElse("");
    DumpState state = "Truncated".equals(reason) ? DumpState.Truncated : DumpState.Lost;
    String message = Optional.ofNullable(abandonment.message()).orElse("");
    String words = cut(message.isEmpty() ? reason : reason + ": " + message);
    for (StorageTarget run : targets(session)) {
      places.abandon(run, crash, Optional.of(pod.podUid()), state, words);
    }
  }

  private Refused refuse(
      AgentIdentity pod, PublishedSession run, DumpOffer offer, DumpState state, Refused refused) {
    OfferedReport report = new OfferedReport(pod, run, offer, clock.instant());
    places.refuse(
        run.storage(),
        new CrashId(offer.crashId()),
        name(pod, offer),
        report.without(state, refused.reason()));
    return refused;
  }

  private List<StorageTarget> targets(PublishedSession session) {
    return session.runs().stream().map(PublishedSession::storage).toList();
  }

  private DumpName name(AgentIdentity pod, DumpOffer offer) {
    return new DumpName(
        pod.pod(),
        offer.process(),
        offer.pid(),
        OfferPolicy.exitCode(offer, pod.engine()),
        OfferPolicy.crashTime(offer, clock.instant()),
        suffix(offer.compression()));
  }

  private static String suffix(Compression compression) {
    if (compression == null) {
      return "";
    }
    return switch (compression) {
      case Gzip -> ".gz";
      case Zstd -> ".zst";
      case None -> "";
    };
  }

  private static String cut(String text) {
    return text.length() <= WORDS ? text : text.substring(0, WORDS);
  }

  /** The report that an offer makes, joined with what is known of the pod. */
  private record OfferedReport(
      AgentIdentity pod, PublishedSession run, DumpOffer offer, Instant now) {

    DumpReport uploading(String blob) {
      return report(DumpState.Uploading, "", blob);
    }

    DumpReport analysisOnly() {
      return report(DumpState.None, "NotWanted", null);
    }

    DumpReport without(DumpState state, String reason) {
      return report(state, reason, null);
    }

    private DumpReport report(DumpState state, String reason, String blob) {
      return new DumpReport(
          DumpReport.SCHEMA_VERSION,
          offer.crashId(),
          run.storage().run().id(),
          run.session().uid(),
          pod.namespace(),
          run.workload(),
          pod.pod(),
          pod.podUid(),
          pod.node(),
          run.container(),
          pod.images().getOrDefault(run.container(), ""),
          null,
          offer.pid(),
          offer.process(),
          offer.processStart(),
          OfferPolicy.crashTime(offer, now),
          offer.kind(),
          OfferPolicy.exitCode(offer, pod.engine()).code(),
          offer.exitCode() == null || offer.exitCodeSource() == null
              ? ExitCodeSource.Exception
              : offer.exitCodeSource(),
          offer.exceptionCode(),
          offer.dumpType(),
          state,
          reason,
          blob,
          null,
          offer.size(),
          null,
          offer.osVersion(),
          offer.analysis() != null && offer.analysis().isObject() ? offer.analysis() : null,
          null,
          null,
          offer.procdump(),
          pod.imageIds().get(run.container()),
          null,
          null);
    }
  }
}
