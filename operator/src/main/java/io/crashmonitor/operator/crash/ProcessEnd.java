package io.crashmonitor.operator.crash;

import io.crashmonitor.agent.AgentState;
import io.crashmonitor.agent.ProcessExit;
import io.crashmonitor.api.CaptureEngine;
import io.crashmonitor.operator.inject.InjectedPod;
import io.crashmonitor.report.CrashId;
import io.crashmonitor.report.ExitCode;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;

/** The end of a process as an agent saw it. It comes from a pod: what is not whole is left out. */
record ProcessEnd(
    CrashId id,
    long pid,
    String name,
    Instant startTime,
    Instant exitTime,
    ExitCode code,
    boolean attached,
    int dumps) {

  static List<ProcessEnd> of(InjectedPod pod, AgentState agent) {
    return agent.exits().stream().flatMap(exit -> of(pod, exit)).toList();
  }

  private static Stream<ProcessEnd> of(InjectedPod pod, ProcessExit exit) {
    if (exit.startTime() == null || exit.exitTime() == null || exit.exitCode() == null) {
      return Stream.empty();
    }
    return ExitCode.parse(exit.exitCode()).stream()
        .map(
            code ->
                new ProcessEnd(
                    CrashId.of(pod.uid(), exit.pid(), exit.startTime()),
                    exit.pid(),
                    exit.name() == null ? "" : exit.name(),
                    exit.startTime(),
                    exit.exitTime(),
                    code,
                    exit.attached() || pod.engine() == CaptureEngine.CreateDump,
                    exit.dumps()));
  }

  /** The id of a first chance exception that the process was dumped for before. */
  CrashId firstChance(InjectedPod pod) {
    return CrashId.ofFirstChance(pod.uid(), pid, startTime);
  }
}
