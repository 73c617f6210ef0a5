package io.crashmonitor.sidecar;

import static org.assertj.core.api.Assertions.assertThat;

import io.crashmonitor.agent.AttachPhase;
import io.crashmonitor.sidecar.session.Room;
import io.crashmonitor.sidecar.supervisor.HelperState;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class AgentStatesTest {
  @Test
  void putsProcDumpsOwnWordsBeforeTheHelpers() {
    assertThat(
            AgentStates.of(
                    helper(AttachPhase.Failed, "ProcDumpFailed", "exit code 0x1"),
                    Optional.of("Access is denied."),
                    0,
                    0)
                .message())
        .isEqualTo("ProcDump said: Access is denied. (exit code 0x1)");
  }

  @Test
  void saysInWordsThatTooManyDumpsWait() {
    assertThat(
            AgentStates.of(
                    helper(AttachPhase.Disarmed, Room.DUMPS_WAITING, ""), Optional.empty(), 100, 0)
                .message())
        .startsWith("100 dumps wait in the pod");
  }

  private static HelperState helper(AttachPhase phase, String reason, String message) {
    return new HelperState(
        true, phase, reason, message, Optional.empty(), List.of(), List.of(), Optional.empty());
  }
}
