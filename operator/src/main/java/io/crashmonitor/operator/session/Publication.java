package io.crashmonitor.operator.session;

import io.crashmonitor.agent.SessionConfiguration;
import io.crashmonitor.api.CompletionReason;
import io.crashmonitor.api.Phase;
import io.crashmonitor.api.Reasons;
import io.crashmonitor.operator.agent.PublishedSession;
import io.crashmonitor.operator.inject.InjectedPod;
import io.crashmonitor.operator.session.Plan.Standing;
import io.crashmonitor.operator.storage.ResourceKey;
import io.crashmonitor.operator.storage.StorageTarget;
import io.crashmonitor.report.BlobLayout;
import java.util.Optional;

/** What other parts of the operator need to know of a session. Pure. */
final class Publication {
  /** The agents' word for a budget that is used up. */
  private static final String BUDGET_USED = "BudgetUsed";

  private Publication() {}

  static ResourceKey key(Situation s) {
    var meta = s.seen().session().getMetadata();
    return new ResourceKey(meta.getNamespace(), meta.getName(), meta.getUid());
  }

  static StorageTarget storage(Situation s) {
    var target = s.spec().target();
    var blob = s.spec().storage().azureBlob();
    return new StorageTarget(
        key(s),
        blob,
        new BlobLayout(
            blob.prefix(),
            s.seen().settings().clusterName(),
            key(s).namespace(),
            target.kind().name(),
            target.name()),
        s.run(),
        s.spec().maxDumps());
  }

  /** Whether storage has to be read at the usual pace, because something can come or go. */
  static boolean active(Situation s, Standing standing) {
    return switch (standing.phase()) {
      case Pending, Starting, Monitoring, Blocked -> true;
      case Completed ->
          s.completion().filter(c -> c.reason() == CompletionReason.MaxDumpsReached).isPresent();
      case Disabled, Failed, Scheduled -> false;
    };
  }

  /** For the agents; empty when no pod of ours is or will be there. */
  static Optional<PublishedSession> agents(Situation s, Standing standing) {
    Optional<String> container =
        s.container().or(() -> s.seen().pods().stream().map(InjectedPod::container).findFirst());
    if (container.isEmpty() || (!s.injected() && s.seen().pods().isEmpty())) {
      return Optional.empty();
    }
    return Optional.of(
        new PublishedSession(
            key(s),
            storage(s),
            configuration(s, standing),
            s.spec().target().kind() + "/" + s.spec().target().name(),
            container.get(),
            s.run().startTime(),
            s.run().stopTime(),
            s.earlierRuns()));
  }

  private static SessionConfiguration configuration(Situation s, Standing standing) {
    boolean armed = armed(s, standing);
    SessionConfiguration uncounted =
        new SessionConfiguration(
            s.run().id(),
            armed,
            armed ? "" : disarmedReason(s, standing),
            s.run().stopTime(),
            s.spec().target().process() == null ? "" : s.spec().target().process(),
            s.spec().dump(),
            s.engine(),
            s.seen().settings().licenceAccepted());
    return s.ledger()
        .map(ledger -> Math.max(0, s.spec().maxDumps() - ledger.ledgerPlacesUsed()))
        .map(uncounted::withPlacesLeft)
        .orElse(uncounted);
  }

  private static boolean armed(Situation s, Standing standing) {
    return switch (standing.phase()) {
      case Starting, Monitoring -> true;
      // Dumps wait in the volume until storage is back.
      case Pending -> s.complete() && !standing.reason().equals(Reasons.RELEASING);
      // A debugger that the agents found themselves they also see let go.
      case Blocked ->
          standing.reason().equals(Reasons.REMOTE_DEBUGGING) && !RemoteDebugging.isAsked(s);
      case Disabled, Failed, Completed, Scheduled -> false;
    };
  }

  private static String disarmedReason(Situation s, Standing standing) {
    if (standing.phase() == Phase.Completed
        && s.completion().filter(c -> c.reason() == CompletionReason.MaxDumpsReached).isPresent()) {
      return BUDGET_USED;
    }
    return standing.reason().equals(Reasons.RELEASING) ? Reasons.DISABLED : standing.reason();
  }
}
