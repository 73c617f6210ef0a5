package io.crashmonitor.sidecar.session;

import io.crashmonitor.agent.SessionConfiguration;
import io.crashmonitor.api.CaptureEngine;
import java.time.Instant;
import java.util.Optional;

/**
 * Whether the helper shall attach.
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
   * @param diskLow whether the volume has too little room for a dump
   */
  public static Arming decide(
      Optional<SessionConfiguration> configuration, Instant now, boolean diskLow) {
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
    if (wanted.engine() == CaptureEngine.CreateDump) {
      return disarmed("CreateDump");
    }
    return diskLow ? disarmed("DiskLow") : ARMED;
  }

  private static Arming disarmed(String reason) {
    return new Arming(false, reason);
  }
}
