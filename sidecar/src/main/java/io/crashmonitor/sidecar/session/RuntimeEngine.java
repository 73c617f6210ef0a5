package io.crashmonitor.sidecar.session;

import io.crashmonitor.agent.AttachPhase;
import io.crashmonitor.agent.SessionConfiguration;
import io.crashmonitor.api.CaptureEngine;
import io.crashmonitor.sidecar.supervisor.HelperState;
import java.util.List;
import java.util.Optional;

/**
 * What is to be said of a pod whose .NET runtime writes the dumps by itself: there is no helper in
 * the app's container that could speak. Pure.
 */
public final class RuntimeEngine {
  private RuntimeEngine() {}

  /** Whether it is the engine in force. */
  public static boolean isInForce(Optional<SessionConfiguration> configuration) {
    return configuration.filter(c -> c.engine() == CaptureEngine.CreateDump).isPresent();
  }

  /** The state in the place of the helper's. */
  public static HelperState state(Arming wanted) {
    return wanted.armed()
        ? state(
            AttachPhase.RuntimeWritesDumps,
            "RuntimeWritesDumps",
            "nothing is attached: the .NET runtime writes a dump by itself when the app dies")
        : state(
            AttachPhase.Disarmed,
            wanted.reason(),
            "the .NET runtime cannot be called off: dumps that it still writes are deleted");
  }

  private static HelperState state(AttachPhase phase, String reason, String message) {
    return new HelperState(
        false, phase, reason, message, Optional.empty(), List.of(), List.of(), Optional.empty());
  }
}
