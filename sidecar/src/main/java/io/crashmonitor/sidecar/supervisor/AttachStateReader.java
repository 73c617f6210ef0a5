package io.crashmonitor.sidecar.supervisor;

import com.fasterxml.jackson.databind.json.JsonMapper;
import io.crashmonitor.agent.AgentProtocol;
import io.crashmonitor.agent.AttachPhase;
import io.crashmonitor.agent.ProcessExit;
import io.crashmonitor.sidecar.volume.PlainFiles;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Reads what the helper says. A file that is being replaced, is locked or is half there is not an
 * event: the last good word stands until its heartbeat is old.
 */
public final class AttachStateReader {
  private static final int LIMIT = 64 * 1024;
  private static final Duration FRESH = Duration.ofSeconds(10);
  // The helper remembers 32; after a restart of the app's container a new one remembers none.
  private static final int MOST_EXITS = 64;
  private static final int MOST_REPORTED = 32;

  private final Path file;
  private final Clock clock;
  private final JsonMapper mapper = AgentProtocol.mapper();
  private final Map<ProcessInstance, ProcessExit> exits =
      new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<ProcessInstance, ProcessExit> eldest) {
          return size() > MOST_EXITS;
        }
      };
  private Optional<AttachFile> last = Optional.empty();

  public AttachStateReader(Path file, Clock clock) {
    this.file = file;
    this.clock = clock;
  }

  /** The helper's state now. */
  public synchronized HelperState read() {
    readFile().ifPresent(read -> last = Optional.of(read));
    last.ifPresent(
        known ->
            known.exits().forEach(e -> exits.put(ProcessInstance.of(e.pid(), e.startTime()), e)));
    return last.filter(known -> known.heartbeat() != null)
        .map(this::state)
        .orElse(HelperState.NONE);
  }

  private Optional<AttachFile> readFile() {
    try {
      return Optional.of(mapper.readValue(PlainFiles.read(file, LIMIT), AttachFile.class));
    } catch (IOException missingLockedOrHalf) {
      return Optional.empty();
    }
  }

  private HelperState state(AttachFile known) {
    List<ProcessExit> remembered =
        exits.values().stream().skip(Math.max(0, exits.size() - MOST_REPORTED)).toList();
    Instant heartbeat = known.heartbeat();
    // Both containers read the same clock: one that is ahead is as wrong as one that is old.
    if (Duration.between(heartbeat, clock.instant()).abs().compareTo(FRESH) > 0) {
      return new HelperState(
          false,
          AttachPhase.Unknown,
          "NoHeartbeat",
          "the helper in the app's container wrote last at "
              + heartbeat
              + "; it comes back when that container restarts, or by"
              + " C:\\crash-monitor\\bin\\attach.exe hook, run in there",
          Optional.of(heartbeat),
          List.of(),
          remembered,
          known.installation());
    }
    return new HelperState(
        true,
        known.phase(),
        known.reason(),
        known.message(),
        Optional.of(heartbeat),
        known.processes(),
        remembered,
        known.installation());
  }
}
