package io.crashmonitor.operator.session;

import io.crashmonitor.agent.AgentState;
import io.crashmonitor.api.CaptureEngine;
import io.crashmonitor.api.Completion;
import io.crashmonitor.api.CompletionReason;
import io.crashmonitor.api.CrashMonitorSessionSpec;
import io.crashmonitor.api.CrashMonitorSessionStatus;
import io.crashmonitor.api.DumpType;
import io.crashmonitor.api.Injection;
import io.crashmonitor.api.Run;
import io.crashmonitor.api.SessionState;
import io.crashmonitor.operator.crash.CrashEvidence;
import io.crashmonitor.operator.crash.CrashJoin;
import io.crashmonitor.operator.crash.CrashPicture;
import io.crashmonitor.operator.crash.ExitCodeGroups;
import io.crashmonitor.operator.inject.Breaker;
import io.crashmonitor.operator.inject.Capture;
import io.crashmonitor.operator.inject.Injectability;
import io.crashmonitor.operator.inject.InjectedPod;
import io.crashmonitor.operator.inject.Workload;
import io.crashmonitor.operator.storage.StorageFault;
import io.crashmonitor.operator.storage.StorageSnapshot;
import io.crashmonitor.operator.storage.StorageTarget;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * What follows from an observation before anything is decided; planner and status share it. Pure.
 *
 * @param previous status of the last turn
 * @param earlierRuns that a dump may still come of, newest first
 * @param wanted Monitoring, Stopped or Disabled, by the request in force or the spec
 * @param container the app's; empty while it is not clear
 * @param capture how the workload's template has to look
 * @param crashes empty where storage has not been read, as nothing can be joined then
 * @param dumpCount dumps of the run in storage, as last known
 * @param completion why the run is over; empty while it is not
 */
record Situation(
    Observation seen,
    Optional<CrashMonitorSessionStatus> previous,
    SessionRequests requests,
    SessionWindow window,
    Run run,
    List<Run> earlierRuns,
    SessionState wanted,
    Optional<String> container,
    Capture capture,
    Optional<CrashPicture> crashes,
    int dumpCount,
    Optional<Completion> completion) {
  /** Clocks of nodes differ: what just ended there may seem to end in a moment. */
  private static final Duration SKEW = Duration.ofMinutes(2);

  static Situation of(Observation observed) {
    var session = observed.session();
    var spec = session.getSpec();
    // In the turn in which the spec names another place, storage was last read at the one before.
    Observation seen = observed.ofStorageAt(place(spec));
    var meta = session.getMetadata();
    Optional<CrashMonitorSessionStatus> previous =
        Optional.ofNullable(session.getStatus()).filter(s -> s.phase() != null);
    SessionRequests requests =
        SessionRequests.of(
            meta.getAnnotations() == null ? Map.of() : meta.getAnnotations(),
            spec.state(),
            Optional.ofNullable(spec.stopTime()),
            previous.map(CrashMonitorSessionStatus::request),
            seen.now());
    SessionWindow window =
        SessionWindow.of(spec, Instant.parse(meta.getCreationTimestamp()), requests.runSince());
    Run run = window.run(meta.getUid(), requests.runSince());
    SessionState wanted = requests.wanted(spec.state());
    Optional<CrashMonitorSessionStatus> sameRun = previous.filter(p -> tellsOf(p, run, spec));
    Optional<CrashPicture> crashes =
        readable(seen).map(snapshot -> picture(seen, snapshot, run, sameRun));
    int dumpCount =
        crashes
            .map(c -> ExitCodeGroups.dumps(c.crashes()))
            .orElseGet(() -> sameRun.map(CrashMonitorSessionStatus::dumpCount).orElse(0));
    Optional<String> container =
        seen.workload().flatMap(w -> Injectability.container(w, spec.target()));
    return new Situation(
        seen,
        previous,
        requests,
        window,
        run,
        EarlierRuns.of(previous, run, seen.now()),
        wanted,
        container,
        EngineChoice.capture(seen, previous, container, requests.runSince()),
        crashes,
        dumpCount,
        completion(
            seen, sameRun, requests, window, wanted, placesUsed(seen, run, sameRun, dumpCount)));
  }

  /** What the last turn told of this run, in the storage that the spec names now. */
  Optional<CrashMonitorSessionStatus> sameRun() {
    return previous.filter(p -> tellsOf(p, run, spec()));
  }

  private static boolean tellsOf(
      CrashMonitorSessionStatus status, Run run, CrashMonitorSessionSpec spec) {
    return status.run() != null
        && run.id().equals(status.run().id())
        && (status.storage() == null || status.storage().equals(place(spec)));
  }

  /** Where the spec has dumps stored, in words. */
  static String place(CrashMonitorSessionSpec spec) {
    return StorageTarget.place(spec.storage().azureBlob());
  }

  CrashMonitorSessionSpec spec() {
    return seen.session().getSpec();
  }

  String uid() {
    return seen.session().getMetadata().getUid();
  }

  Instant now() {
    return seen.now();
  }

  /** Whether anything of this session is in the workload's template. */
  boolean injected() {
    return seen.workload().map(Workload::injection).filter(i -> i.mayBeOf(uid())).isPresent();
  }

  /** Whether nothing of ours is missing there. */
  boolean complete() {
    return seen.workload()
        .flatMap(w -> container.map(c -> w.injection().complete(uid(), c, capture)))
        .orElse(false);
  }

  /** The engine in force: the template's, or what it will be. */
  CaptureEngine engine() {
    return EngineChoice.live(seen).orElse(capture.engine());
  }

  Optional<Injection> injection() {
    return previous.map(CrashMonitorSessionStatus::injection);
  }

  Optional<StorageFault> storageFault() {
    return seen.storage().flatMap(StorageSnapshot::fault);
  }

  /** What keeps the sidecar from running; only what is injected can be in trouble. */
  Optional<Breaker.Trouble> trouble() {
    return injected()
        ? seen.workload().flatMap(w -> Breaker.trouble(w, seen.pods(), injection(), seen.now()))
        : Optional.empty();
  }

  /** Pods that nobody has asked to end. */
  List<InjectedPod> livingPods() {
    return seen.pods().stream().filter(pod -> !pod.deleting()).toList();
  }

  /** Neither spec nor a request for a run has changed since the last turn. */
  boolean nothingNewIsAsked() {
    return previous
        .filter(
            p ->
                seen.session().getMetadata().getGeneration().equals(p.observedGeneration())
                    && p.run() != null
                    && p.run().id().equals(run.id()))
        .isPresent();
  }

  /** Storage that was never read tells nothing; one that is away tells what it told last. */
  private static Optional<StorageSnapshot> readable(Observation seen) {
    return seen.storage().filter(s -> s.fault().isEmpty() || !s.crashes().isEmpty());
  }

  private static CrashPicture picture(
      Observation seen,
      StorageSnapshot snapshot,
      Run run,
      Optional<CrashMonitorSessionStatus> sameRun) {
    Map<String, AgentState> agents = new HashMap<>();
    seen.agents().forEach((pod, sighting) -> agents.put(pod, sighting.state()));
    // What crashes after the end of the run is no longer watched, and counts in none.
    Instant until =
        Stream.of(
                Stream.of(seen.now().plus(SKEW), run.stopTime()),
                sameRun.map(CrashMonitorSessionStatus::completion).map(Completion::time).stream())
            .flatMap(at -> at)
            .min(Instant::compareTo)
            .orElseThrow();
    CrashPicture picture =
        CrashJoin.of(
            new CrashEvidence(
                run.id(),
                run.startTime(),
                until,
                snapshot.crashes(),
                snapshot.runId().equals(run.id()) ? snapshot.onlyCounted() : Set.of(),
                // What was known before a fault is no reading: nothing new is concluded from it.
                snapshot.fault().isEmpty() ? snapshot.at() : Instant.EPOCH,
                seen.pods(),
                agents,
                seen.now(),
                seen.settings().joinPatience()));
    return snapshot.fault().isEmpty() ? picture : picture.withoutLookingAgain();
  }

  /** What the ledger of the run told last; a reading for the run before tells nothing of it. */
  Optional<StorageSnapshot> ledger() {
    return ledger(seen, run);
  }

  private static Optional<StorageSnapshot> ledger(Observation seen, Run run) {
    return readable(seen).filter(snapshot -> snapshot.runId().equals(run.id()));
  }

  /** Without a file to store, the report takes the place of a dump. */
  private static int placesUsed(
      Observation seen, Run run, Optional<CrashMonitorSessionStatus> sameRun, int dumpCount) {
    CrashMonitorSessionSpec spec = seen.session().getSpec();
    if (spec.dump().type() != DumpType.None) {
      return dumpCount;
    }
    boolean wasFull =
        sameRun
            .map(CrashMonitorSessionStatus::completion)
            .filter(c -> c.reason() == CompletionReason.MaxDumpsReached)
            .isPresent();
    return ledger(seen, run)
        .map(StorageSnapshot::ledgerPlacesUsed)
        .orElse(wasFull ? spec.maxDumps() : 0);
  }

  private static Optional<Completion> completion(
      Observation seen,
      Optional<CrashMonitorSessionStatus> sameRun,
      SessionRequests requests,
      SessionWindow window,
      SessionState wanted,
      int used) {
    boolean over = window.isOver(seen.now());
    boolean full = used >= seen.session().getSpec().maxDumps();
    boolean stopped = wanted == SessionState.Stopped;
    Optional<Completion> known =
        sameRun
            .map(CrashMonitorSessionStatus::completion)
            .filter(
                c ->
                    switch (c.reason()) {
                      case StopTimeReached -> over;
                      case MaxDumpsReached -> full;
                      case Stopped -> stopped;
                    });
    if (known.isPresent()) {
      return known;
    }
    Instant now = seen.now().truncatedTo(ChronoUnit.SECONDS);
    if (over) {
      return Optional.of(new Completion(CompletionReason.StopTimeReached, window.stop()));
    }
    if (stopped) {
      Instant asked =
          requests
              .recorded()
              .filter(r -> requests.inForce().isPresent() && !r.at().isAfter(now))
              .map(r -> r.at())
              .orElse(now);
      return Optional.of(new Completion(CompletionReason.Stopped, asked));
    }
    return full
        ? Optional.of(new Completion(CompletionReason.MaxDumpsReached, now))
        : Optional.empty();
  }
}
