package io.crashmonitor.operator.session;

import io.crashmonitor.agent.AgentState;
import io.crashmonitor.agent.AttachPhase;
import io.crashmonitor.agent.WatchedProcess;
import io.crashmonitor.api.CaptureEngine;
import io.crashmonitor.api.Names;
import io.crashmonitor.api.Reasons;
import io.crashmonitor.operator.agent.AgentSighting;
import io.crashmonitor.operator.inject.InjectedPod;
import io.crashmonitor.operator.inject.Termination;
import io.crashmonitor.report.ExitCode;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** A pod of the target that runs with the debugger on, and what a test changes of it. */
final class ScenePod {
  private Optional<Instant> deletedAt = Optional.empty();
  private boolean debugged;
  private String installation = "Server Core";
  private List<WatchedProcess> processes = List.of();
  private CaptureEngine engine = CaptureEngine.ProcDump;
  private Optional<Instant> runningSince = Optional.of(Scene.CREATED);
  private int restarts;
  private List<InjectedPod.Waiting> waiting = List.of();
  private List<Termination> ends = List.of();
  private Optional<InjectedPod.Attached> attached =
      Optional.of(new InjectedPod.Attached(true, "Attached", "", Scene.CREATED));
  private Optional<Instant> spokeAt = Optional.of(Scene.CREATED.plusSeconds(100));

  ScenePod sidecarWaits(String reason, String message) {
    waiting = List.of(new InjectedPod.Waiting(Names.SIDECAR, reason, message));
    runningSince = Optional.empty();
    return detached("", "");
  }

  ScenePod appWaits(String reason, String message) {
    waiting = List.of(new InjectedPod.Waiting("app", reason, message));
    return this;
  }

  ScenePod appDied(int exitCode) {
    ends =
        List.of(
            new Termination(
                Scene.CREATED.plusSeconds(90),
                Scene.CREATED.plusSeconds(91),
                new ExitCode(exitCode),
                0,
                "Error"));
    return this;
  }

  /** Injected for CreateDump, and its agent says so. */
  ScenePod byRuntime() {
    engine = CaptureEngine.CreateDump;
    attached =
        Optional.of(
            new InjectedPod.Attached(true, Reasons.RUNTIME_WRITES_DUMPS, "", Scene.CREATED));
    return this;
  }

  /**
   * A later process, on which the debugger came so long after its start, and once more at the end.
   */
  ScenePod attachedAfter(Duration delay) {
    Instant start = Scene.CREATED.plusSeconds(60);
    Instant again = start.plus(Duration.ofMinutes(10));
    processes =
        List.of(
            new WatchedProcess(
                7,
                "app.exe",
                start,
                true,
                true,
                again,
                8,
                delay == null ? null : start.plus(delay)));
    return this;
  }

  ScenePod installation(String type) {
    installation = type;
    return this;
  }

  ScenePod detached(String reason, String message) {
    attached = Optional.of(new InjectedPod.Attached(false, reason, message, Scene.CREATED));
    return this;
  }

  ScenePod debugged() {
    debugged = true;
    return this;
  }

  ScenePod restarted(int times, Instant runningSince) {
    restarts = times;
    this.runningSince = Optional.of(runningSince);
    return this;
  }

  ScenePod spoke(Instant at) {
    spokeAt = Optional.of(at);
    return this;
  }

  ScenePod ended(Termination end) {
    ends = List.of(end);
    return this;
  }

  InjectedPod named(String name) {
    return new InjectedPod(
        name,
        name + "-uid",
        "win1",
        "app",
        engine,
        "shop/checkout:7",
        Optional.of("shop/checkout@sha256:7"),
        Scene.CREATED,
        deletedAt,
        debugged,
        runningSince,
        restarts,
        waiting,
        ends,
        attached);
  }

  /** What its agent said last; empty where it never spoke. */
  Optional<AgentSighting> sighting(String name) {
    return spokeAt.map(
        at ->
            new AgentSighting(
                name + "-uid",
                Scene.UID,
                at,
                new AgentState(
                    AttachPhase.Attached, "", "", at, processes, List.of(), 0, 0, installation)));
  }
}
