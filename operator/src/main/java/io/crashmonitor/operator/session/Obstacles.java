package io.crashmonitor.operator.session;

import io.crashmonitor.api.CaptureEngine;
import io.crashmonitor.api.Phase;
import io.crashmonitor.api.Reasons;
import io.crashmonitor.operator.inject.Injectability;
import io.crashmonitor.operator.session.Plan.Standing;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** What is in the way of a session although its spec is right: phase Blocked. Pure. */
final class Obstacles {
  private static final List<Function<Situation, Optional<Plan>>> CHECKS =
      List.of(
          Obstacles::olderSession,
          Obstacles::targetInTheWay,
          Obstacles::clusterTooOld,
          Obstacles::licenceNotAccepted,
          Obstacles::remoteDebugging,
          Obstacles::refusedByServer);

  private Obstacles() {}

  static Optional<Plan> blocked(Situation s) {
    return CHECKS.stream().flatMap(check -> check.apply(s).stream()).findFirst();
  }

  private static Optional<Plan> olderSession(Situation s) {
    return s.seen()
        .olderSession()
        .flatMap(
            name ->
                block(
                    Reasons.OLDER_SESSION,
                    "Session "
                        + name
                        + " is older and watches the same workload: delete or disable one of the"
                        + " two."));
  }

  private static Optional<Plan> targetInTheWay(Situation s) {
    return s.seen()
        .workload()
        .flatMap(w -> s.container().flatMap(c -> Injectability.obstacle(w, c, s.capture())))
        .flatMap(o -> block(o.reason(), o.message()));
  }

  private static Optional<Plan> clusterTooOld(Situation s) {
    return s.seen().cluster().tooOld().flatMap(words -> block(Reasons.CLUSTER_TOO_OLD, words));
  }

  /** By the engine that is wanted: by the one in the template nobody could change over to it. */
  private static Optional<Plan> licenceNotAccepted(Situation s) {
    return s.seen().settings().licenceAccepted() || s.capture().engine() == CaptureEngine.CreateDump
        ? Optional.empty()
        : block(
            Reasons.LICENCE_NOT_ACCEPTED,
            "ProcDump may be used only under the Sysinternals Software License Terms: accept them"
                + " for this installation with CRASH_MONITOR_ACCEPT_PROCDUMP_LICENCE=true in the"
                + " operator's environment. .NET applications can do without ProcDump: capture.engine:"
                + " CreateDump.");
  }

  private static Optional<Plan> remoteDebugging(Situation s) {
    return RemoteDebugging.of(s)
        .map(words -> new Plan.Wait(new Standing(Phase.Blocked, Reasons.REMOTE_DEBUGGING, words)));
  }

  private static Optional<Plan> refusedByServer(Situation s) {
    return s.seen()
        .refusal()
        .flatMap(
            words ->
                block(
                    Reasons.FIELD_CONFLICT,
                    "The API server did not take the sidecar: "
                        + words
                        + ". Give the field up in the workload's manifest; the next change of the"
                        + " workload tries again."));
  }

  private static Optional<Plan> block(String reason, String message) {
    return Optional.of(new Plan.Refuse(new Standing(Phase.Blocked, reason, message)));
  }
}
