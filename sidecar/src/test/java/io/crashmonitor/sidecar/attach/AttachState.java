package io.crashmonitor.sidecar.attach;

import com.fasterxml.jackson.databind.json.JsonMapper;
import io.crashmonitor.agent.AgentProtocol;
import io.crashmonitor.agent.AttachPhase;
import io.crashmonitor.agent.ProcessExit;
import io.crashmonitor.agent.WatchedProcess;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;

/** What {@code state\attach.json} says. */
record AttachState(
    int version,
    Instant heartbeat,
    long supervisorPid,
    AttachPhase phase,
    String reason,
    String message,
    String installationType,
    List<WatchedProcess> processes,
    List<ProcessExit> exits) {

  private static final JsonMapper MAPPER = AgentProtocol.mapper();

  static final AttachState NONE =
      new AttachState(0, Instant.EPOCH, 0, AttachPhase.Unknown, "", "", null, List.of(), List.of());

  static AttachState read(Path file) {
    try {
      return Files.exists(file)
          ? MAPPER.readValue(Files.readString(file), AttachState.class)
          : NONE;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  List<String> attachedNames() {
    return processes.stream().filter(WatchedProcess::attached).map(WatchedProcess::name).toList();
  }

  /** The end of a process; the newest of that pid. */
  ProcessExit exitOf(long pid) {
    return exits.stream()
        .filter(exit -> exit.pid() == pid)
        .reduce((older, newer) -> newer)
        .orElseThrow(() -> new AssertionError("no exit of " + pid + " in " + this));
  }
}
