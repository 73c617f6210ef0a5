package io.crashmonitor.sidecar.supervisor;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import io.crashmonitor.agent.AttachPhase;
import io.crashmonitor.agent.ProcessExit;
import io.crashmonitor.agent.WatchedProcess;
import io.crashmonitor.report.ExitCode;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * {@code state\attach.json} as the helper writes it. Comes from the app's container: cut to its
 * limits here, entries without pid or start left out.
 */
@JsonIgnoreProperties(ignoreUnknown = true)
record AttachFile(
    Instant heartbeat,
    AttachPhase phase,
    String reason,
    String message,
    List<WatchedProcess> processes,
    List<ProcessExit> exits,
    String installationType) {
  private static final int MOST_EXITS = 32;
  private static final int REASON = 64;
  private static final int MESSAGE = 1024;
  private static final int NAME = 260;

  AttachFile {
    phase = phase == null ? AttachPhase.Unknown : phase;
    reason = cut(reason, REASON);
    message = cut(message, MESSAGE);
    installationType = cut(installationType, REASON);
    processes =
        (processes == null ? List.<WatchedProcess>of() : processes)
            .stream()
                .filter(p -> p != null && p.startTime() != null)
                .limit(HelperState.MOST_PROCESSES)
                .map(AttachFile::bounded)
                .toList();
    exits =
        (exits == null ? List.<ProcessExit>of() : exits)
            .stream()
                .filter(e -> e != null && e.startTime() != null && e.exitTime() != null)
                .filter(e -> e.exitCode() != null && ExitCode.parse(e.exitCode()).isPresent())
                .limit(MOST_EXITS)
                .map(AttachFile::bounded)
                .toList();
  }

  /** Of the Windows in the app's container; empty of a helper that does not say it. */
  Optional<String> installation() {
    return installationType.isBlank() ? Optional.empty() : Optional.of(installationType.strip());
  }

  private static WatchedProcess bounded(WatchedProcess p) {
    return new WatchedProcess(
        p.pid(),
        cut(p.name(), NAME),
        p.startTime(),
        p.entry(),
        p.attached(),
        p.attachedAt(),
        p.procdumpPid(),
        p.firstAttachedAt());
  }

  private static ProcessExit bounded(ProcessExit e) {
    return new ProcessExit(
        e.pid(),
        cut(e.name(), NAME),
        e.startTime(),
        e.exitTime(),
        ExitCode.parse(e.exitCode()).orElseThrow().code(),
        e.attached(),
        e.dumps());
  }

  private static String cut(String text, int most) {
    if (text == null) {
      return "";
    }
    return text.length() <= most ? text : text.substring(0, most);
  }
}
