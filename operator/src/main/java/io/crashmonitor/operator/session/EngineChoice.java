package io.crashmonitor.operator.session;

import io.crashmonitor.agent.AgentState;
import io.crashmonitor.api.AttachMode;
import io.crashmonitor.api.CaptureEngine;
import io.crashmonitor.api.CaptureSettings;
import io.crashmonitor.api.CrashMonitorSessionStatus;
import io.crashmonitor.api.NextEngine;
import io.crashmonitor.api.Phase;
import io.crashmonitor.api.Reasons;
import io.crashmonitor.operator.inject.Capture;
import io.crashmonitor.operator.inject.Injectability;
import io.crashmonitor.operator.inject.LiveInjection;
import io.crashmonitor.operator.inject.Workload;
import io.crashmonitor.operator.session.Plan.Standing;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import java.util.Set;

/**
 * Which engine captures: the spec's, or with Auto ProcDump until it is seen not to work, from the
 * next injection on CreateDump. What is injected stays as it is until somebody asks for a run,
 * because another engine restarts the pods. Pure.
 */
final class EngineChoice {
  private static final String NANO_SERVER = "Nano Server";

  /** An agent's words for a debugger that was to attach and could not. Any other is a pause. */
  private static final Set<String> IN_VAIN =
      Set.of("WaitingForProcess", "AccessDenied", "ProcDumpFailed", "NoHeartbeat");

  private EngineChoice() {}

  /** How the template has to look. */
  static Capture capture(
      Observation seen,
      Optional<CrashMonitorSessionStatus> previous,
      Optional<String> container,
      Optional<Instant> runSince) {
    var spec = seen.session().getSpec();
    CaptureSettings wanted = spec.capture();
    CaptureEngine engine =
        switch (wanted.engine()) {
          case ProcDump, CreateDump -> wanted.engine();
          case Auto -> auto(seen, previous, container, runSince);
        };
    return Capture.of(engine, wanted.attach(), spec.dump().type());
  }

  private static CaptureEngine auto(
      Observation seen,
      Optional<CrashMonitorSessionStatus> previous,
      Optional<String> container,
      Optional<Instant> runSince) {
    Optional<CaptureEngine> live = live(seen);
    if (!mayChange(seen, container)) {
      return CaptureEngine.ProcDump;
    }
    if (previous.isEmpty()) {
      // A status that was lost is no reason to restart pods.
      return live.orElse(CaptureEngine.ProcDump);
    }
    Optional<NextEngine> next = previous.map(CrashMonitorSessionStatus::nextEngine);
    if (next.isEmpty()) {
      return CaptureEngine.ProcDump;
    }
    boolean asked = runSince.filter(since -> since.isAfter(next.get().since())).isPresent();
    return live.isEmpty() || asked ? next.get().engine() : live.get();
  }

  /** What is remembered for the next injection; empty while the present engine will do. */
  static Optional<NextEngine> next(Situation s, Standing standing, AttachedFacts attached) {
    if (s.spec().capture().engine() != CaptureEngine.Auto || !mayChange(s.seen(), s.container())) {
      return Optional.empty();
    }
    Optional<NextEngine> known = s.previous().map(CrashMonitorSessionStatus::nextEngine);
    if (known.isPresent() || live(s.seen()).isEmpty()) {
      return known;
    }
    return reason(s, standing, attached)
        .map(why -> new NextEngine(CaptureEngine.CreateDump, learned(s), why));
  }

  /** Never before the present run was asked for: only a later request goes over. */
  private static Instant learned(Situation s) {
    Instant now = s.now().plusNanos(999_999_999).truncatedTo(ChronoUnit.SECONDS);
    return s.requests().runSince().filter(since -> since.isAfter(now)).orElse(now);
  }

  /** What follows from what is remembered; empty while it is in force, or there is nothing. */
  static String words(Situation s, Optional<NextEngine> next) {
    return next.filter(n -> live(s.seen()).filter(e -> e != n.engine()).isPresent())
        .map(
            n ->
                " From the next injection on the .NET runtime will write the dumps (engine "
                    + n.engine()
                    + "), because "
                    + n.reason()
                    + ". That takes one restart of the pods: request a run (annotation"
                    + " crashmonitor.io/run-requested-at), or stay with ProcDump by"
                    + " capture.engine: ProcDump.")
        .orElse("");
  }

  /** The engine of the live template; empty while it is not ours. */
  static Optional<CaptureEngine> live(Observation seen) {
    return seen.workload().map(Workload::injection).flatMap(LiveInjection::engine);
  }

  private static Optional<String> reason(Situation s, Standing standing, AttachedFacts attached) {
    if (live(s.seen()).filter(e -> e == CaptureEngine.CreateDump).isPresent()) {
      return s.previous().isEmpty()
          ? Optional.of("the workload was found injected for it")
          : Optional.empty();
    }
    Optional<String> nano =
        s.livingPods().stream()
            .filter(
                pod ->
                    Optional.ofNullable(s.seen().agents().get(pod.uid()))
                        .map(sighting -> sighting.state())
                        .map(AgentState::installationType)
                        .filter(NANO_SERVER::equalsIgnoreCase)
                        .isPresent())
            .findFirst()
            .map(pod -> "pod " + pod.name() + " runs on Nano Server");
    return nano.or(() -> nothingAttached(s, standing, attached));
  }

  private static Optional<String> nothingAttached(
      Situation s, Standing standing, AttachedFacts attached) {
    Duration patience = s.seen().settings().attachPatience();
    return standing.phase() == Phase.Monitoring
            && attached.reason().equals(Reasons.NOTHING_ATTACHED)
            && s.trouble().isEmpty()
            && SessionConditions.nothingAttachedAt(s, attached)
                .filter(at -> !at.isAfter(s.now()))
                .isPresent()
            && s.livingPods().stream()
                .filter(pod -> !pod.createdAt().plus(patience).isAfter(s.now()))
                .anyMatch(
                    pod -> pod.attached().filter(a -> IN_VAIN.contains(a.reason())).isPresent())
        ? Optional.of(
            "no debugger was attached in any of its pods for "
                + (patience.toSecondsPart() == 0
                    ? patience.toMinutes() + " minutes"
                    : patience.toSeconds() + " seconds"))
        : Optional.empty();
  }

  /** Not where the user's command starts ProcDump, nor where CreateDump could not be injected. */
  private static boolean mayChange(Observation seen, Optional<String> container) {
    boolean theirs =
        seen.workload()
            .flatMap(w -> container.flatMap(c -> Injectability.runtimeToldAlready(w, c)))
            .isPresent();
    return seen.session().getSpec().capture().attach() == AttachMode.Hook && !theirs;
  }
}
