package io.crashmonitor.sidecar;

import io.crashmonitor.agent.AgentState;
import io.crashmonitor.agent.AttachPhase;
import io.crashmonitor.agent.WatchedProcess;
import io.crashmonitor.sidecar.session.Room;
import io.crashmonitor.sidecar.supervisor.HelperState;
import java.util.List;

/** What the operator is told of the pod, and which changes of it cannot wait for the next poll. */
final class AgentStates {
  private AgentStates() {}

  static AgentState of(HelperState helper, int dumpsWaiting, long diskFreeBytes) {
    return new AgentState(
        helper.phase(),
        helper.reason(),
        words(helper),
        helper.heartbeat().orElse(null),
        helper.processes(),
        helper.exits(),
        dumpsWaiting,
        diskFreeBytes,
        helper.installationType().orElse(null));
  }

  private static String words(HelperState helper) {
    return Room.DUMPS_WAITING.equals(helper.reason())
        ? Room.MOST_WAITING
            + " dumps wait in the pod for storage or the operator; nothing more is captured until"
            + " some of them are stored"
        : helper.message();
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
