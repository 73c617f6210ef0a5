package io.crashmonitor.sidecar.session;

import io.crashmonitor.agent.SessionConfiguration;
import io.crashmonitor.sidecar.dump.RuntimeDumps;
import java.time.Instant;
import java.util.Optional;

/**
 * Whether dumps are wanted now.
 *
 * @param armed whether
 * @param reason why not, a CamelCase word; empty when armed
 */
public record Arming(boolean armed, String reason) {
  private static final Arming ARMED = new Arming(true, "");

  /**
   * Decides.
   *
   * @param configuration the last one known; empty before the operator's first word
   * @param now by the operator's clock
   * @param room for one more dump
   */
  public static Arming decide(
      Optional<SessionConfiguration> configuration, Instant now, Room room) {
    if (configuration.isEmpty()) {
      return disarmed("Unknown");
    }
    SessionConfiguration wanted = configuration.get();
    if (!wanted.armed()) {
      String reason = wanted.disarmedReason();
      return disarmed(reason == null || reason.isBlank() ? "Unknown" : reason);
    }
    if (wanted.stopTime() != null && !now.isBefore(wanted.stopTime())) {
      return disarmed("StopTimeReached");
    }
    // The app would stand still for a dump that is thrown away. A runtime cannot be called off.
    if (wanted.placesLeft() != null
        && room.undecided() >= wanted.placesLeft()
        && !RuntimeEngine.isInForce(configuration)) {
      return disarmed(RuntimeDumps.BUDGET_USED);
    }
    return room.shortage().map(Arming::disarmed).orElse(ARMED);
  }

  /** The same for the helper: it has nothing to do where the runtime writes the dumps. */
  public Arming forHelper(Optional<SessionConfiguration> configuration) {
    return armed && RuntimeEngine.isInForce(configuration) ? disarmed("CreateDump") : this;
  }

  private static Arming disarmed(String reason) {
    return new Arming(false, reason);
  }
}
