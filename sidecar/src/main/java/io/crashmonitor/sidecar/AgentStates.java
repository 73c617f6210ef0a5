package io.crashmonitor.sidecar;

import io.crashmonitor.agent.AgentState;
import io.crashmonitor.agent.AttachPhase;
import io.crashmonitor.agent.WatchedProcess;
import io.crashmonitor.sidecar.supervisor.HelperState;
import java.util.List;

/** What the operator is told of the pod, and which changes of it cannot wait for the next poll. */
final class AgentStates {
  private AgentStates() {}

  static AgentState of(HelperState helper, int dumpsWaiting, long diskFreeBytes) {
    return new AgentState(
        helper.phase(),
        helper.reason(),
        helper.message(),
        helper.heartbeat().orElse(null),
        helper.processes(),
        helper.exits(),
        dumpsWaiting,
        diskFreeBytes);
  }

  /** Equal as long as nothing happened that the operator should know at once. */
  record Key(AttachPhase phase, String reason, List<Long> attached, List<?> exits) {
    static Key of(HelperState helper) {
      return new Key(
          helper.phase(),
          helper.reason(),
          helper.processes().stream()
              .filter(WatchedProcess::attached)
              .map(WatchedProcess::pid)
              .toList(),
          helper.exits());
    }
  }
}
