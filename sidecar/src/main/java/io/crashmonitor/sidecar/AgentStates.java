package io.crashmonitor.sidecar;

import io.crashmonitor.agent.AgentState;
import io.crashmonitor.agent.AttachPhase;
import io.crashmonitor.agent.WatchedProcess;
import io.crashmonitor.sidecar.session.Room;
import io.crashmonitor.sidecar.supervisor.HelperState;
import java.util.List;
import java.util.Optional;

/** What the operator is told of the pod, and which changes of it cannot wait for the next poll. */
final class AgentStates {
  private AgentStates() {}

  /**
   * @param complaint ProcDump's own words, where it failed
   */
  static AgentState of(
      HelperState helper, Optional<String> complaint, int dumpsWaiting, long diskFreeBytes) {
    return new AgentState(
        helper.phase(),
        helper.reason(),
        words(helper, complaint),
        helper.heartbeat().orElse(null),
        helper.processes(),
        helper.exits(),
        dumpsWaiting,
        diskFreeBytes,
        helper.installationType().orElse(null));
  }

  private static String words(HelperState helper, Optional<String> complaint) {
    if (complaint.isPresent()) {
      return "ProcDump said: " + complaint.get() + " (" + helper.message() + ")";
    }
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
