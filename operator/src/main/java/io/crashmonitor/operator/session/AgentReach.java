package io.crashmonitor.operator.session;

import io.crashmonitor.operator.agent.AgentSighting;
import io.crashmonitor.operator.inject.InjectedPod;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** Whether agents that should speak do. Pure. */
final class AgentReach {
  /** An agent that lives speaks at least every minute. */
  static final Duration SILENCE = Duration.ofMinutes(2);

  private AgentReach() {}

  /** When a pod's agent counts as unreachable if it stays silent; empty where it does not run. */
  static Optional<Instant> deadline(InjectedPod pod, Observation seen) {
    if (pod.deleting() || pod.sidecarRunningSince().isEmpty()) {
      return Optional.empty();
    }
    Instant since = pod.sidecarRunningSince().orElseThrow();
    if (seen.agentsSince().isAfter(since)) {
      since = seen.agentsSince();
    }
    Optional<Instant> spoke =
        Optional.ofNullable(seen.agents().get(pod.uid())).map(AgentSighting::at);
    if (spoke.isPresent() && spoke.get().isAfter(since)) {
      since = spoke.get();
    }
    return Optional.of(since.plus(SILENCE));
  }

  /** Pods whose agent should have spoken and has not. */
  static List<InjectedPod> silent(Observation seen) {
    return seen.pods().stream()
        .filter(pod -> deadline(pod, seen).filter(d -> !d.isAfter(seen.now())).isPresent())
        .toList();
  }
}
