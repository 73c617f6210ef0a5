package io.crashmonitor.operator.crash;

import io.crashmonitor.agent.AgentState;
import io.crashmonitor.api.CaptureEngine;
import io.crashmonitor.api.CrashKind;
import io.crashmonitor.api.DumpState;
import io.crashmonitor.operator.inject.InjectedPod;
import io.crashmonitor.operator.inject.Termination;
import io.crashmonitor.operator.storage.StoredCrash;
import io.crashmonitor.report.CrashId;
import io.crashmonitor.report.ExitCode;
import io.crashmonitor.report.ExitCodeSource;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Pods, their ends and what storage knows of them, for tests of the join. */
abstract class CrashScenes {
  static final Instant T0 = Instant.parse("2026-11-22T08:00:00Z");
  static final ExitCode AV = new ExitCode(0xC0000005);
  static final ExitCode CLR = new ExitCode(0xE0434352);

  static CrashPicture picture(int now, List<StoredCrash> stored, InjectedPod... pods) {
    return CrashJoin.of(evidence(now, stored, Map.of(), pods));
  }

  static CrashEvidence evidence(
      int now, List<StoredCrash> stored, Map<String, AgentState> agents, InjectedPod... pods) {
    return new CrashEvidence(
        "run",
        T0.minusSeconds(60),
        at(3600),
        stored,
        Set.of(),
        at(now),
        List.of(pods),
        agents,
        at(now),
        Duration.ofSeconds(30));
  }

  static InjectedPod pod(Termination... ends) {
    return pod(Optional.empty(), ends);
  }

  static InjectedPod pod(Optional<InjectedPod.Attached> attached, Termination... ends) {
    return new InjectedPod(
        "checkout-1",
        "uid-1",
        "win1",
        "app",
        CaptureEngine.ProcDump,
        "shop:1",
        Optional.empty(),
        T0,
        Optional.empty(),
        false,
        Optional.of(T0),
        0,
        List.of(),
        List.of(ends),
        attached);
  }

  static Termination termination(int start, int end, ExitCode code) {
    return end(start, end, code);
  }

  static Termination end(int start, int end, ExitCode code) {
    return new Termination(at(start), at(end), code, 0, "Error");
  }

  static StoredCrash dump(int time, int processStart, ExitCodeSource source) {
    return crash(time, processStart, source, DumpState.Stored, CrashKind.Crash);
  }

  static StoredCrash crash(
      int time, int processStart, ExitCodeSource source, DumpState dump, CrashKind kind) {
    return new StoredCrash(
        CrashId.of("uid-1", 42, at(processStart)),
        "run",
        "checkout-1",
        "uid-1",
        "app",
        "app.exe",
        42,
        Optional.of(at(processStart)),
        at(time),
        kind,
        AV,
        source,
        dump,
        Optional.of("x.dmp"),
        "",
        "",
        "",
        true,
        Optional.empty(),
        Optional.empty(),
        false,
        Optional.empty());
  }

  /** The same with another id, run, or word on its log. */
  static StoredCrash copy(StoredCrash c, CrashId id, String run, boolean logged) {
    return new StoredCrash(
        id,
        run,
        c.pod(),
        c.podUid(),
        c.container(),
        c.process(),
        c.pid(),
        c.processStart(),
        c.time(),
        c.kind(),
        c.exitCode(),
        c.exitCodeSource(),
        c.dump(),
        c.blob(),
        c.exception(),
        c.topFrame(),
        c.signature(),
        c.analysed(),
        c.restartCount(),
        c.exceptionSource(),
        logged,
        c.attachedAfter());
  }

  static Instant at(int seconds) {
    return T0.plusSeconds(seconds);
  }
}
