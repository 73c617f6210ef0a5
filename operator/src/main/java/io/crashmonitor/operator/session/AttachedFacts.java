package io.crashmonitor.operator.session;

import io.crashmonitor.api.ConditionTypes;
import io.crashmonitor.api.CrashMonitorSessionStatus;
import io.crashmonitor.api.Phase;
import io.crashmonitor.api.Reasons;
import io.crashmonitor.operator.inject.Breaker;
import io.crashmonitor.operator.inject.Capture;
import io.crashmonitor.operator.inject.InjectedPod;
import io.crashmonitor.operator.session.Conditions.Value;
import io.crashmonitor.operator.session.Plan.Standing;
import io.fabric8.kubernetes.api.model.Condition;
import java.time.Instant;
import java.util.List;
import java.util.Set;

/**
 * Whether a debugger of ours is on: reported, never assumed. Pure.
 *
 * @param value of condition Attached
 */
record AttachedFacts(int total, int attached, Value value, String reason, String message) {
  private static final String DISK_LOW = "DiskLow";

  /** Reasons of a condition Attached for which the agents were to attach all the time. */
  private static final Set<String> GOES_ON =
      Set.of(Reasons.NOTHING_ATTACHED, Reasons.ROLLOUT_IN_PROGRESS);

  /** Those with which a pause ends. */
  private static final Set<String> EXPECTED =
      Set.of(Reasons.NOTHING_ATTACHED, Reasons.ROLLOUT_IN_PROGRESS, Reasons.DISK_LOW);

  static AttachedFacts of(Situation s, Standing standing) {
    List<InjectedPod> pods = s.livingPods();
    int total = pods.size();
    int attached = (int) pods.stream().filter(AttachedFacts::isAttached).count();
    List<InjectedPod> silent = AgentReach.silent(s.seen());
    if (!s.injected() && total == 0) {
      return new AttachedFacts(
          0,
          0,
          Value.False,
          Reasons.NOT_INJECTED,
          "The workload is not injected. " + standing.message());
    }
    if (total == 0) {
      return new AttachedFacts(
          0,
          0,
          Value.False,
          Reasons.NO_REPLICAS,
          "There is no pod to attach in: scale the workload up.");
    }
    if (silent.size() == total) {
      return new AttachedFacts(
          total,
          attached,
          Value.Unknown,
          Reasons.AGENT_UNREACHABLE,
          "No agent has reached the operator for 2 minutes, as in pod "
              + silent.get(0).name()
              + ": check NetworkPolicy, DNS (the full service name) and proxy settings.");
    }
    if (attached > 0) {
      return captured(s, total, attached);
    }
    return nothingAttached(s, standing, total);
  }

  /** After a pause the agents are given their time anew: nobody was asked to attach in it. */
  Instant since(Situation s) {
    List<Condition> before =
        s.previous().map(CrashMonitorSessionStatus::conditions).orElse(List.of());
    boolean anew =
        EXPECTED.contains(reason)
            && Conditions.find(before, ConditionTypes.ATTACHED)
                .map(Condition::getReason)
                .filter(last -> !last.equals(reason) && !GOES_ON.contains(last))
                .isPresent();
    return new Conditions(anew ? List.of() : before, s.now(), 0)
        .since(ConditionTypes.ATTACHED, value);
  }

  private static AttachedFacts captured(Situation s, int total, int attached) {
    int byRuntime =
        (int)
            s.livingPods().stream()
                .flatMap(pod -> pod.attached().stream())
                .filter(a -> a.attached() && Reasons.RUNTIME_WRITES_DUMPS.equals(a.reason()))
                .count();
    String debugger = "A debugger is attached in " + (attached - byRuntime) + " of " + total;
    String runtime =
        "In "
            + byRuntime
            + " of "
            + total
            + " pods the .NET runtime writes a dump by itself (engine CreateDump); no debugger is"
            + " attached there.";
    boolean only = byRuntime == attached;
    return new AttachedFacts(
        total,
        attached,
        Value.True,
        only ? Reasons.RUNTIME_WRITES_DUMPS : Reasons.ATTACHED,
        only ? runtime : debugger + " pods." + (byRuntime == 0 ? "" : " " + runtime));
  }

  private static AttachedFacts nothingAttached(Situation s, Standing standing, int total) {
    Standing why = why(s, standing);
    return new AttachedFacts(total, 0, Value.False, why.reason(), why.message());
  }

  private static Standing why(Situation s, Standing standing) {
    Phase phase = standing.phase();
    if (phase != Phase.Starting && phase != Phase.Monitoring && phase != Phase.Pending) {
      return new Standing(
          phase, standing.reason(), "No debugger is attached. " + standing.message());
    }
    if (s.trouble().isPresent()) {
      return new Standing(
          phase,
          Reasons.NOTHING_ATTACHED,
          "The sidecar does not run; it is taken out if that lasts: "
              + s.trouble().map(Breaker.Trouble::words).orElse(""));
    }
    var diskLow =
        s.livingPods().stream()
            .filter(p -> p.attached().filter(a -> DISK_LOW.equals(a.reason())).isPresent())
            .findFirst();
    if (diskLow.isPresent()) {
      return new Standing(
          phase,
          Reasons.DISK_LOW,
          "The volume of pod "
              + diskLow.get().name()
              + " has no room for a dump: free space on its node.");
    }
    if (phase == Phase.Starting) {
      return new Standing(
          phase,
          Reasons.ROLLOUT_IN_PROGRESS,
          "The pods are being replaced: wait for the rollout of the workload.");
    }
    String words =
        s.livingPods().stream()
            .flatMap(p -> p.attached().stream().map(a -> p.name() + ": " + a.reason()))
            .findFirst()
            .map(w -> " (" + w + ")")
            .orElse("");
    return new Standing(
        phase,
        Reasons.NOTHING_ATTACHED,
        "No debugger is attached in any pod"
            + words
            + (s.capture() instanceof Capture.Manual
                ? ": the container's command has to be C:\\crash-monitor\\bin\\attach.exe launch -- and"
                    + " the app's own (capture.attach: Manual)."
                : ": look at the log of container crash-monitor-agent."));
  }

  private static boolean isAttached(InjectedPod pod) {
    return pod.attached().filter(InjectedPod.Attached::attached).isPresent();
  }
}
