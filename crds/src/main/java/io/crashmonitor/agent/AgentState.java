package io.crashmonitor.agent;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import java.time.Instant;
import java.util.List;

/**
 * What the helper in the app's container last wrote to {@code state\attach.json}, and what the
 * agent knows beside it. It comes from a pod: bounded before it is parsed, believed by nobody for
 * more than a report on that pod.
 *
 * @param phase see {@link AttachPhase}; Unknown while there is no heartbeat
 * @param reason a CamelCase word, or empty
 * @param message words for a person, or empty
 * @param heartbeat when the helper last wrote; null before its first word
 * @param processes living processes that are watched, at most 31
 * @param exits processes that ended, newest last, at most 32
 * @param dumpsWaiting dumps in the volume that are not in storage yet
 * @param diskFreeBytes free bytes of the volume
 * @param installationType of the Windows in the app's container, such as {@code Server Core} or
 *     {@code Nano Server}, at most 64 characters; null when the helper did not say it
 */
@JsonIgnoreProperties(ignoreUnknown = true)
public record AgentState(
    AttachPhase phase,
    String reason,
    String message,
    Instant heartbeat,
    List<WatchedProcess> processes,
    List<ProcessExit> exits,
    int dumpsWaiting,
    long diskFreeBytes,
    String installationType) {

  public AgentState {
    phase = phase == null ? AttachPhase.Unknown : phase;
    reason = reason == null ? "" : reason;
    message = message == null ? "" : message;
    processes = processes == null ? List.of() : List.copyOf(processes);
    exits = exits == null ? List.of() : List.copyOf(exits);
  }

  /** Without word of the Windows in the app's container. */
  public AgentState(
      AttachPhase phase,
      String reason,
      String message,
      Instant heartbeat,
      List<WatchedProcess> processes,
      List<ProcessExit> exits,
      int dumpsWaiting,
      long diskFreeBytes) {
    this(phase, reason, message, heartbeat, processes, exits, dumpsWaiting, diskFreeBytes, null);
  }

  /** Whether a debugger of ours is attached to any process: reported, never assumed. */
  public boolean attached() {
    return processes.stream().anyMatch(WatchedProcess::attached);
  }
}
