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
 * @param processes living processes that are watched, at most 16
 * @param exits processes that ended, newest last, at most 32
 * @param dumpsWaiting dumps in the volume that are not in storage yet
 * @param diskFreeBytes free bytes of the volume
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
    long diskFreeBytes) {

  public AgentState {
    phase = phase == null ? AttachPhase.Unknown : phase;
    reason = reason == null ? "" : reason;
    message = message == null ? "" : message;
    processes = processes == null ? List.of() : List.copyOf(processes);
    exits = exits == null ? List.of() : List.copyOf(exits);
  }

  /** Whether a debugger of ours is attached to any process: reported, never assumed. */
  public boolean attached() {
    return processes.stream().anyMatch(WatchedProcess::attached);
  }
}
