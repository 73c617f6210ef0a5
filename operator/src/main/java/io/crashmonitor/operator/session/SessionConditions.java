package io.crashmonitor.operator.session;

import io.crashmonitor.api.ConditionTypes;
import io.crashmonitor.api.CrashMonitorSessionStatus;
import io.crashmonitor.api.Phase;
import io.crashmonitor.api.Reasons;
import io.crashmonitor.operator.inject.Injectability;
import io.crashmonitor.operator.inject.InjectedPod;
import io.crashmonitor.operator.inject.Workload;
import io.crashmonitor.operator.session.Conditions.Value;
import io.crashmonitor.operator.session.Plan.Standing;
import io.fabric8.kubernetes.api.model.Condition;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The eight conditions, a function for each; always all of them. Pure. */
final class SessionConditions {
  private final Situation s;
  private final Standing standing;
  private final AttachedFacts attached;
  private final String beforeAttach;
  private final String nextEngine;
  private final Conditions conditions;

  private SessionConditions(Situation s, Standing standing, AttachedFacts attached) {
    this.s = s;
    this.standing = standing;
    this.attached = attached;
    this.beforeAttach = BeforeAttach.words(s);
    this.nextEngine = EngineChoice.words(s, EngineChoice.next(s, standing, attached));
    this.conditions =
        new Conditions(
            s.previous().map(CrashMonitorSessionStatus::conditions).orElse(List.of()),
            s.now(),
            s.seen().session().getMetadata().getGeneration());
  }

  static List<Condition> of(Situation s, Standing standing, AttachedFacts attached) {
    SessionConditions all = new SessionConditions(s, standing, attached);
    all.ready();
    all.reconciling();
    all.stalled();
    all.targetReady();
    all.storageReady();
    all.injected();
    all.attached();
    all.completed();
    return all.conditions.inOrder(ConditionTypes.ALL);
  }

  /** When "none attached" becomes a fault, if nothing changes; empty where it cannot. */
  static Optional<Instant> nothingAttachedAt(Situation s, AttachedFacts attached) {
    if (attached.total() == 0 || attached.value() == Value.True) {
      return Optional.empty();
    }
    Instant since = attached.since(s);
    Instant oldestPod =
        s.livingPods().stream().map(InjectedPod::createdAt).min(Instant::compareTo).orElse(since);
    return Optional.of(
        (oldestPod.isAfter(since) ? oldestPod : since).plus(s.seen().settings().attachPatience()));
  }

  private void ready() {
    boolean nothingAttached =
        standing.phase() == Phase.Monitoring
            && nothingAttachedAt(s, attached).filter(at -> !at.isAfter(s.now())).isPresent();
    if (nothingAttached) {
      conditions.set(
          ConditionTypes.READY,
          Value.False,
          attached.reason(),
          attached.message() + beforeAttach + nextEngine);
      return;
    }
    boolean ready =
        switch (standing.phase()) {
          case Disabled, Completed, Scheduled, Monitoring -> true;
          case Failed, Blocked, Pending, Starting -> false;
        };
    conditions.set(ConditionTypes.READY, Value.of(ready), standing.reason(), now());
  }

  /**
   * The standing's words, or that what they tell could not be done. Only for who reads: what a
   * session failed of is remembered by Stalled, word for word.
   */
  private String now() {
    if (standing.phase() != Phase.Failed || !s.injected() || s.seen().refusal().isEmpty()) {
      return standing.message();
    }
    return "The sidecar is still in the workload, because the API server did not let it be taken"
        + " out: "
        + s.seen().refusal().get()
        + ". Have that rule allow it; it is tried again. What it failed of is told by condition "
        + ConditionTypes.STALLED
        + ".";
  }

  private void reconciling() {
    boolean working = standing.phase() == Phase.Pending || standing.phase() == Phase.Starting;
    conditions.set(
        ConditionTypes.RECONCILING,
        Value.of(working),
        working ? standing.reason() : Reasons.AS_EXPECTED,
        working ? standing.message() : "The operator has nothing to do; nothing is needed.");
  }

  private void stalled() {
    boolean stalled =
        standing.phase() == Phase.Failed
            || (standing.phase() == Phase.Blocked
                && !standing.reason().equals(Reasons.REMOTE_DEBUGGING));
    if (stalled) {
      conditions.set(ConditionTypes.STALLED, Value.True, standing.reason(), standing.message());
      return;
    }
    List<Note> notes = new ArrayList<>(s.requests().notes());
    s.seen().cluster().served().note().ifPresent(notes::add);
    conditions.set(
        ConditionTypes.STALLED,
        Value.False,
        notes.isEmpty() ? Reasons.AS_EXPECTED : notes.get(0).reason(),
        notes.isEmpty()
            ? "Nothing waits for somebody to act; nothing is needed."
            : String.join("; ", notes.stream().map(Note::message).toList()));
  }

  private void targetReady() {
    Optional<Workload> workload = s.seen().workload();
    if (workload.isEmpty()) {
      conditions.set(
          ConditionTypes.TARGET_READY,
          Value.False,
          Reasons.TARGET_NOT_FOUND,
          "There is no "
              + s.spec().target().kind()
              + " "
              + s.spec().target().name()
              + " in this namespace: create it, or delete this session.");
      return;
    }
    Optional<Note> problem =
        s.seen()
            .olderSession()
            .map(
                name ->
                    new Note(
                        Reasons.OLDER_SESSION,
                        "Session " + name + " has the workload: delete or disable one of the two."))
            .or(
                () ->
                    Injectability.containerObstacle(workload.get(), s.spec().target())
                        .or(
                            () ->
                                Injectability.obstacle(
                                    workload.get(), s.container().orElseThrow(), s.capture()))
                        .map(o -> new Note(o.reason(), o.message())))
            .or(
                () ->
                    s.seen()
                        .cluster()
                        .tooOld()
                        .map(words -> new Note(Reasons.CLUSTER_TOO_OLD, words)));
    conditions.set(
        ConditionTypes.TARGET_READY,
        Value.of(problem.isEmpty()),
        problem.map(Note::reason).orElse(Reasons.AS_EXPECTED),
        problem
            .map(Note::message)
            .orElseGet(
                () ->
                    "Container "
                        + s.container().orElseThrow()
                        + " of "
                        + workload.get().reference()
                        + " can be watched."));
  }

  private void storageReady() {
    if (s.seen().storage().isEmpty()) {
      conditions.keep(
          ConditionTypes.STORAGE_READY,
          Value.Unknown,
          Reasons.NOT_CHECKED,
          "Storage has not been read yet: wait a moment.");
      return;
    }
    conditions.set(
        ConditionTypes.STORAGE_READY,
        Value.of(s.storageFault().isEmpty()),
        s.storageFault().map(StorageFaults::reason).orElse(Reasons.AS_EXPECTED),
        s.storageFault()
            .map(f -> f.message() + ".")
            .orElseGet(
                () ->
                    "Account "
                        + s.spec().storage().azureBlob().account()
                        + ", container "
                        + s.spec().storage().azureBlob().container()
                        + " answers."));
  }

  private void injected() {
    if (!s.complete()) {
      conditions.set(
          ConditionTypes.INJECTED,
          Value.False,
          standing.reason().equals(Reasons.FIELD_CONFLICT)
                  || standing.reason().equals(Reasons.INJECTION_FAILED)
                  || standing.reason().equals(Reasons.HEAL_LIMIT_REACHED)
                  || standing.reason().equals(Reasons.RELEASING)
              ? standing.reason()
              : Reasons.NOT_INJECTED,
          "The workload does not carry the sidecar. " + standing.message());
      return;
    }
    String live =
        s.seen().workload().flatMap(w -> w.injection().sidecar()).map(c -> c.getImage()).orElse("");
    String newest = s.seen().settings().sidecar().image();
    boolean outdated = !live.equals(newest);
    conditions.set(
        ConditionTypes.INJECTED,
        Value.True,
        outdated ? Reasons.SIDECAR_OUTDATED : Reasons.INJECTED,
        outdated
            ? "The workload keeps sidecar "
                + live
                + " so that no pod is restarted; disable the session and start it again to get "
                + newest
                + "."
            : "The workload carries the sidecar.");
  }

  private void attached() {
    conditions.set(
        ConditionTypes.ATTACHED,
        attached.value(),
        attached.reason(),
        attached.message() + beforeAttach + nextEngine,
        attached.since(s));
  }

  private void completed() {
    if (s.completion().isPresent()) {
      var completion = s.completion().get();
      conditions.set(
          ConditionTypes.COMPLETED,
          Value.True,
          completion.reason().name(),
          "The run ended at " + completion.time() + ".");
      return;
    }
    conditions.set(
        ConditionTypes.COMPLETED,
        Value.False,
        standing.phase() == Phase.Disabled
            ? Reasons.DISABLED
            : s.window().isAhead(s.now()) ? Reasons.SCHEDULED : Reasons.RUNNING,
        s.dumpCount() + " of " + s.spec().maxDumps() + " dumps are in storage" + runEnds());
  }

  /** How the run comes to its end, as the phase has it. */
  private String runEnds() {
    Instant stop = s.run().stopTime();
    return switch (standing.phase()) {
      case Disabled -> "; the run is set aside. " + standing.message();
      case Failed, Blocked ->
          "; nothing is captured, and the run ends at " + stop + ". " + standing.message();
      case Scheduled ->
          "; the run begins at "
              + s.run().startTime()
              + " and ends at "
              + stop
              + ". To call it off use annotation crashmonitor.io/stop-requested-at.";
      case Pending, Starting, Monitoring, Completed ->
          "; the run ends at "
              + stop
              + " at the latest. To end it now use annotation crashmonitor.io/stop-requested-at.";
    };
  }
}
