package io.crashmonitor.operator.session;

import io.crashmonitor.api.ConditionTypes;
import io.crashmonitor.api.DumpType;
import io.crashmonitor.api.Injection;
import io.crashmonitor.api.Phase;
import io.crashmonitor.api.Reasons;
import io.crashmonitor.api.SessionState;
import io.crashmonitor.operator.inject.Breaker;
import io.crashmonitor.operator.inject.Injectability;
import io.crashmonitor.operator.inject.Workload;
import io.crashmonitor.operator.session.Plan.Standing;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * Decides what to do with the workload: a chain of checks in the order of the phases, the first
 * that answers wins. Pure: the same situation gives the same plan.
 */
final class SessionPlanner {
  static final Duration CACHE_LAG = Duration.ofSeconds(5);
  private static final Duration HEALS_COUNT_FOR = Duration.ofHours(1);

  /** What is thrown out by one bad minute of the network must not look like the user's fault. */
  static final Duration STORAGE_PATIENCE = Duration.ofMinutes(5);

  private static final List<Function<Situation, Optional<Plan>>> CHECKS =
      List.of(
          SessionPlanner::disabled,
          SessionPlanner::failedBefore,
          SessionPlanner::specCannotWork,
          SessionPlanner::containerUnclear,
          SessionPlanner::sidecarDoesHarm,
          SessionPlanner::completed,
          SessionPlanner::scheduled,
          Obstacles::blocked,
          SessionPlanner::targetMissing,
          SessionPlanner::storageMissing,
          SessionPlanner::notInjected,
          SessionPlanner::rollingOut);

  private SessionPlanner() {}

  static Plan plan(Situation s) {
    return CHECKS.stream()
        .flatMap(check -> check.apply(s).stream())
        .findFirst()
        .orElseGet(
            () ->
                new Plan.Keep(
                    new Standing(
                        Phase.Monitoring,
                        Reasons.MONITORING,
                        "Watching until " + s.run().stopTime() + ".")));
  }

  /** Takes everything out when that is wanted. */
  private static Optional<Plan> disabled(Situation s) {
    if (s.wanted() != SessionState.Disabled) {
      return Optional.empty();
    }
    if (s.injected() && s.seen().refusal().isPresent()) {
      return refuse(Phase.Pending, Reasons.RELEASING, releaseRefused(s));
    }
    return Optional.of(
        s.injected()
            ? new Plan.Release(
                new Standing(
                    Phase.Pending,
                    Reasons.RELEASING,
                    "Taking the sidecar out of the workload; this needs one rollout."))
            : new Plan.Keep(
                new Standing(
                    Phase.Disabled,
                    Reasons.DISABLED,
                    "Nothing of crash-monitor is in the workload. To monitor it again request a"
                        + " run (annotation crashmonitor.io/run-requested-at) or set spec.state:"
                        + " Monitoring.")));
  }

  /** Stays failed until somebody changes the spec or asks for a run. */
  private static Optional<Plan> failedBefore(Situation s) {
    return s.previous()
        .filter(p -> p.phase() == Phase.Failed && s.nothingNewIsAsked())
        .flatMap(p -> Conditions.find(p.conditions(), ConditionTypes.STALLED))
        .filter(
            c ->
                Reasons.INJECTION_FAILED.equals(c.getReason())
                    || Reasons.HEAL_LIMIT_REACHED.equals(c.getReason()))
        .map(c -> failed(s, c.getReason(), c.getMessage()));
  }

  /** What the API server could not check, and what is accepted but not built. */
  private static Optional<Plan> specCannotWork(Situation s) {
    return s.window()
        .problem()
        .or(() -> NotYetSupported.inTheWay(s.spec()))
        .flatMap(note -> refuse(Phase.Failed, note.reason(), note.message()));
  }

  private static Optional<Plan> containerUnclear(Situation s) {
    return s.seen()
        .workload()
        .flatMap(w -> Injectability.containerObstacle(w, s.spec().target()))
        .flatMap(o -> refuse(Phase.Failed, o.reason(), o.message()));
  }

  /** The breaker: whatever the session is for, the app goes first. */
  private static Optional<Plan> sidecarDoesHarm(Situation s) {
    Duration patience = s.seen().settings().breakerPatience();
    return s.trouble()
        .filter(t -> Breaker.trips(t, s.injection(), patience, s.now()))
        .map(
            t ->
                failed(
                    s,
                    Reasons.INJECTION_FAILED,
                    "The sidecar was taken out so that the app runs: "
                        + t.words()
                        + ". Remove the cause, then request a run (annotation"
                        + " crashmonitor.io/run-requested-at) or change the spec."));
  }

  private static Optional<Plan> completed(Situation s) {
    return s.completion()
        .map(
            c ->
                new Plan.Keep(
                    new Standing(
                        Phase.Completed,
                        c.reason().name(),
                        switch (c.reason()) {
                          case StopTimeReached ->
                              "The stop time was reached. Request another run with annotation"
                                  + " crashmonitor.io/run-requested-at.";
                          case MaxDumpsReached ->
                              full(s)
                                  + " are removed, when spec.maxDumps grows, or with another run"
                                  + " (annotation crashmonitor.io/run-requested-at).";
                          case Stopped ->
                              "Stopped by request. Request another run with annotation"
                                  + " crashmonitor.io/run-requested-at.";
                        })));
  }

  private static String full(Situation s) {
    return s.spec().dump().type() == DumpType.None
        ? "All " + s.spec().maxDumps() + " analyses are in storage. Monitoring resumes when reports"
        : s.dumpCount()
            + " of "
            + s.spec().maxDumps()
            + " dumps are in storage. Monitoring resumes when dumps";
  }

  private static Optional<Plan> scheduled(Situation s) {
    return s.window().isAhead(s.now())
        ? Optional.of(
            new Plan.Wait(
                new Standing(
                    Phase.Scheduled,
                    Reasons.SCHEDULED,
                    "Monitoring starts at " + s.run().startTime() + ".")))
        : Optional.empty();
  }

  private static Optional<Plan> targetMissing(Situation s) {
    return s.seen().workload().isPresent()
        ? Optional.empty()
        : Optional.of(
            new Plan.Wait(
                new Standing(
                    Phase.Pending,
                    Reasons.TARGET_NOT_FOUND,
                    "There is no "
                        + s.spec().target().kind()
                        + " "
                        + s.spec().target().name()
                        + " in this namespace: create it, or delete this session.")));
  }

  private static Optional<Plan> storageMissing(Situation s) {
    if (s.seen().storage().isEmpty()) {
      return s.complete()
          ? Optional.empty()
          : Optional.of(
              new Plan.Wait(
                  new Standing(
                      Phase.Pending,
                      Reasons.NOT_CHECKED,
                      "Storage is being read for the first" + " time; wait a moment.")));
    }
    return s.storageFault()
        .filter(fault -> !s.complete() || StorageFaults.lasts(s, fault, STORAGE_PATIENCE))
        .map(
            fault ->
                new Plan.Wait(
                    new Standing(
                        Phase.Pending, StorageFaults.reason(fault), fault.message() + ".")));
  }

  private static Optional<Plan> notInjected(Situation s) {
    if (s.complete()) {
      return Optional.empty();
    }
    String container = s.container().orElseThrow();
    Standing starting =
        new Standing(
            Phase.Starting, Reasons.STARTING, "Putting the sidecar in; this needs one rollout.");
    if (justWritten(s)) {
      return Optional.of(new Plan.Wait(starting));
    }
    boolean wiped =
        s.injection().filter(i -> i.time() != null && !wantsAnother(i, s)).isPresent()
            && s.nothingNewIsAsked();
    if (!wiped) {
      return Optional.of(new Plan.Inject(starting, container, s.capture(), false));
    }
    if (recentHeals(s.injection(), s.now()).size() >= Injection.HEAL_LIMIT) {
      return Optional.of(
          failed(
              s,
              Reasons.HEAL_LIMIT_REACHED,
              "Somebody removed the sidecar from the template "
                  + (Injection.HEAL_LIMIT + 1)
                  + " times within an hour, so it stays out: have the tool that writes the"
                  + " workload leave other managers' entries alone, then request a run"
                  + " (annotation crashmonitor.io/run-requested-at)."));
    }
    return Optional.of(new Plan.Inject(starting, container, s.capture(), true));
  }

  /** What was written last is not what is wanted now: nobody has removed what is missing. */
  private static boolean wantsAnother(Injection last, Situation s) {
    return last.wrote() != null
        && !s.capture().in(s.container().orElseThrow()).equals(last.wrote());
  }

  /** The cache may be behind our own write: what is missing in it may be there. */
  static boolean justWritten(Situation s) {
    return s.nothingNewIsAsked()
        && s.injection()
            .map(Injection::time)
            .filter(at -> at.plus(CACHE_LAG).isAfter(s.now()))
            .isPresent();
  }

  private static Optional<Plan> rollingOut(Situation s) {
    return s.seen()
        .workload()
        .map(Workload::rollout)
        .filter(rollout -> !rollout.done())
        .map(
            rollout ->
                new Plan.Keep(
                    rollout.waitsForRestart()
                        ? new Standing(
                            Phase.Starting,
                            Reasons.WAITING_FOR_RESTART,
                            rollout.message()
                                + "; its update strategy is OnDelete: delete the other pods.")
                        : new Standing(
                            Phase.Starting, Reasons.ROLLOUT_IN_PROGRESS, rollout.message() + ".")));
  }

  /** Times of heals that still count. */
  static List<Instant> recentHeals(Optional<Injection> injection, Instant now) {
    return injection.map(Injection::heals).orElse(List.of()).stream()
        .filter(at -> at.plus(HEALS_COUNT_FOR).isAfter(now))
        .toList();
  }

  private static Plan failed(Situation s, String reason, String message) {
    Standing standing = new Standing(Phase.Failed, reason, message);
    return s.injected() && s.seen().refusal().isEmpty()
        ? new Plan.Release(standing)
        : new Plan.Refuse(standing);
  }

  private static Optional<Plan> refuse(Phase phase, String reason, String message) {
    return Optional.of(new Plan.Refuse(new Standing(phase, reason, message)));
  }

  private static String releaseRefused(Situation s) {
    return "The API server did not let the sidecar be taken out: "
        + s.seen().refusal().orElse("")
        + ". The next change of the workload tries again.";
  }
}
