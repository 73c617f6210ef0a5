package io.crashmonitor.operator.crash;

import io.crashmonitor.agent.AgentState;
import io.crashmonitor.api.CrashKind;
import io.crashmonitor.api.DumpState;
import io.crashmonitor.operator.inject.InjectedPod;
import io.crashmonitor.operator.inject.Termination;
import io.crashmonitor.operator.storage.StoredCrash;
import io.crashmonitor.report.CrashId;
import io.crashmonitor.report.ExitCode;
import io.crashmonitor.report.ExitCodeSource;
import java.time.Instant;
import java.util.Optional;

/** A crash that left no dump, as it will stand in storage. Pure. */
final class DumplessCrash {
  private DumplessCrash() {}

  /** Of a process that the pod's agent saw end. */
  static StoredCrash of(ProcessEnd end, InjectedPod pod, AgentState agent, String runId) {
    return crash(
        pod,
        agent,
        runId,
        end.id(),
        new Process(end.name(), end.pid(), end.startTime()),
        end.exitTime(),
        end.attached(),
        end.code(),
        ExitCodeSource.AttachHelper,
        Optional.empty());
  }

  /**
   * Of a container that ended, whose process nobody knew.
   *
   * @param agent of the pod; null where it never spoke
   */
  static StoredCrash of(Termination end, InjectedPod pod, AgentState agent, String runId) {
    return crash(
        pod,
        agent,
        runId,
        CrashId.ofTermination(pod.uid(), pod.container(), end.startedAt()),
        // The start stands for the process; it also bounds the container's instance.
        new Process("", 0, end.startedAt()),
        end.finishedAt(),
        Ends.attachedDuring(pod, agent, end),
        end.exitCode(),
        ExitCodeSource.Kubelet,
        Optional.of(end.restartCount()));
  }

  private record Process(String name, long pid, Instant start) {}

  private static StoredCrash crash(
      InjectedPod pod,
      AgentState agent,
      String runId,
      CrashId id,
      Process process,
      Instant time,
      boolean attached,
      ExitCode code,
      ExitCodeSource source,
      Optional<Integer> restartCount) {
    CrashKind kind = attached ? CrashKind.Crash : CrashKind.CrashedBeforeAttach;
    return new StoredCrash(
        id,
        runId,
        pod.name(),
        pod.uid(),
        pod.container(),
        process.name(),
        process.pid(),
        Optional.of(process.start()),
        time,
        kind,
        code,
        source,
        DumpState.None,
        Optional.empty(),
        "",
        "",
        "",
        false,
        restartCount,
        Optional.empty(),
        false,
        Optional.ofNullable(agent)
            .filter(a -> kind == CrashKind.CrashedBeforeAttach)
            .flatMap(AttachDelay::of));
  }
}
