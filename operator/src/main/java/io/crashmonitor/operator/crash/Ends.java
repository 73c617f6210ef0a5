package io.crashmonitor.operator.crash;

import io.crashmonitor.agent.AgentState;
import io.crashmonitor.api.CaptureEngine;
import io.crashmonitor.api.CrashKind;
import io.crashmonitor.operator.inject.InjectedPod;
import io.crashmonitor.operator.inject.Termination;
import io.crashmonitor.operator.storage.StoredCrash;
import io.crashmonitor.report.CrashId;
import io.crashmonitor.report.ExitCode;
import io.crashmonitor.report.ExitCodeSource;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/** Which ends of process and container are one and the same. Pure predicates. */
final class Ends {
  /** The kubelet's clock counts in seconds and sees an end late. */
  private static final Duration SLACK = Duration.ofSeconds(10);

  /**
   * A child that ended so long before its container, with another code, ended on its own; so did a
   * container whose process had a first chance exception so long before.
   */
  private static final Duration OF_ONE_CAUSE = Duration.ofSeconds(60);

  private Ends() {}

  /** Whether a crash is the end, or part of the end, of this instance of the container. */
  static boolean isOf(StoredCrash c, InjectedPod pod, Termination t) {
    // Of a report that was made anew nobody knows the container any more.
    boolean here = c.container().isEmpty() || c.container().equals(pod.container());
    if (!c.podUid().equals(pod.uid()) || !here) {
      return false;
    }
    if (isRecordOfTermination(c)) {
      return c.id().equals(CrashId.ofTermination(pod.uid(), pod.container(), t.startedAt()));
    }
    return isEndOf(c, t);
  }

  /** Written for a termination of which nobody knew the process. */
  static boolean isRecordOfTermination(StoredCrash c) {
    return c.pid() == 0
        && c.processStart()
            .filter(start -> c.id().equals(CrashId.ofTermination(c.podUid(), c.container(), start)))
            .isPresent();
  }

  /** Whether a crash tells what the record of a termination told before. */
  static boolean supersedes(StoredCrash c, StoredCrash record) {
    return c.podUid().equals(record.podUid())
        && c.container().equals(record.container())
        && !isRecordOfTermination(c)
        && record.processStart().filter(s -> isEndOf(c, termination(record, s))).isPresent();
  }

  /** Whether the record of a termination is the end that the agent saw too. */
  static boolean records(StoredCrash record, InjectedPod pod, ProcessEnd end) {
    return isRecordOfTermination(record)
        && record.podUid().equals(pod.uid())
        && record.exitCode().equals(end.code())
        && record
            .processStart()
            .filter(start -> within(end.exitTime(), start, record.time()))
            .isPresent();
  }

  /** The crash with what the termination adds: exit code where nobody saw it, and restarts. */
  static StoredCrash joined(StoredCrash c, Termination t) {
    boolean kubeletKnows =
        c.exitCodeSource() != ExitCodeSource.AttachHelper && isEntryProcess(c, t);
    ExitCode code = kubeletKnows ? t.exitCode() : c.exitCode();
    ExitCodeSource source = kubeletKnows ? ExitCodeSource.Kubelet : c.exitCodeSource();
    return new StoredCrash(
        c.id(),
        c.runId(),
        c.pod(),
        c.podUid(),
        c.container(),
        c.process(),
        c.pid(),
        c.processStart(),
        c.time(),
        // It did not live on.
        c.kind() == CrashKind.FirstChance ? CrashKind.Crash : c.kind(),
        code,
        source,
        c.dump(),
        c.blob(),
        c.exception(),
        c.topFrame(),
        c.signature(),
        c.analysed(),
        Optional.of(t.restartCount()),
        c.exceptionSource(),
        c.logged(),
        c.attachedAfter());
  }

  /** Whether a debugger of ours, or the runtime itself, was on when the container ended. */
  static boolean attachedDuring(InjectedPod pod, AgentState agent, Termination t) {
    // A runtime that writes its own dump does so from its first line on.
    if (pod.engine() == CaptureEngine.CreateDump
        || (agent != null && agentSaysAttached(agent, t))) {
      return true;
    }
    return pod.attached()
        .filter(
            a ->
                a.attached()
                    ? !a.since().isAfter(t.finishedAt())
                    : !a.since().isBefore(t.finishedAt().minusSeconds(2))
                        && !a.since().isAfter(t.finishedAt().plus(OF_ONE_CAUSE)))
        .isPresent();
  }

  private static boolean agentSaysAttached(AgentState agent, Termination t) {
    return agent.processes().stream().anyMatch(p -> p.attached() && startedIn(p.startTime(), t))
        || agent.exits().stream().anyMatch(e -> e.attached() && startedIn(e.startTime(), t));
  }

  private static boolean startedIn(Instant start, Termination t) {
    return start != null
        && !start.isBefore(t.startedAt().minusSeconds(1))
        && !start.isAfter(t.finishedAt());
  }

  private static boolean isEndOf(StoredCrash c, Termination t) {
    return within(c.time(), t.startedAt(), t.finishedAt())
        && !startedAfter(c, t)
        && !endedOnItsOwn(c, t)
        && (c.kind() != CrashKind.FirstChance || isEntryProcess(c, t) && isOfOneCause(c, t));
  }

  private static Termination termination(StoredCrash record, Instant startedAt) {
    return new Termination(
        startedAt, record.time(), record.exitCode(), record.restartCount().orElse(0), "");
  }

  /** A process of the next instance, which may crash within the slack. */
  private static boolean startedAfter(StoredCrash c, Termination t) {
    return c.processStart().filter(s -> s.isAfter(t.finishedAt())).isPresent();
  }

  private static boolean endedOnItsOwn(StoredCrash c, Termination t) {
    // An exception's code says nothing against the entry process, whose end the container's is.
    boolean ofAnother =
        c.exitCodeSource() == ExitCodeSource.AttachHelper
            || c.processStart().isPresent() && !isEntryProcess(c, t);
    return ofAnother && !c.exitCode().equals(t.exitCode()) && !isOfOneCause(c, t);
  }

  private static boolean isOfOneCause(StoredCrash c, Termination t) {
    return !c.time().isBefore(t.finishedAt().minus(OF_ONE_CAUSE));
  }

  /** The entry process starts with its container; a child comes later. */
  private static boolean isEntryProcess(StoredCrash c, Termination t) {
    return c.processStart()
        .filter(s -> Duration.between(t.startedAt(), s).abs().compareTo(SLACK) <= 0)
        .isPresent();
  }

  private static boolean within(Instant time, Instant start, Instant end) {
    return !time.isBefore(start.minusSeconds(1)) && !time.isAfter(end.plus(SLACK));
  }
}
