package io.crashmonitor.sidecar.supervisor;

import io.crashmonitor.agent.AttachPhase;
import io.crashmonitor.agent.ProcessExit;
import io.crashmonitor.agent.WatchedProcess;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * The helper's last word, bounded.
 *
 * @param alive whether its heartbeat is fresh; else phase is Unknown and no process counts as
 *     living
 * @param heartbeat empty before its first word
 * @param processes living processes
 * @param exits processes that ended, newest last; those of helpers before this one too
 * @param installationType of the Windows in the app's container, such as Nano Server
 */
public record HelperState(
    boolean alive,
    AttachPhase phase,
    String reason,
    String message,
    Optional<Instant> heartbeat,
    List<WatchedProcess> processes,
    List<ProcessExit> exits,
    Optional<String> installationType) {

  /** Nothing heard of it yet. */
  public static final HelperState NONE =
      new HelperState(
          false,
          AttachPhase.Unknown,
          "NoHeartbeat",
          "no word from the helper in the app's container yet; its hook starts it",
          Optional.empty(),
          List.of(),
          List.of(),
          Optional.empty());

  /** Nothing is believed of a volume in which a folder of ours is no folder any more. */
  public static HelperState replaced(Path folder) {
    return new HelperState(
        false,
        AttachPhase.Failed,
        "FolderReplaced",
        folder
            + " was replaced by a link, a junction or a file: nothing in the volume is touched"
            + " until it is a folder again; find out which program in the app's container does it",
        Optional.empty(),
        List.of(),
        List.of(),
        Optional.empty());
  }

  /** The most living processes the helper names: all that it watches. */
  static final int MOST_PROCESSES = 31;

  /** The same, with another reason and other words for it. */
  public HelperState because(String otherReason, String otherMessage) {
    return new HelperState(
        alive, phase, otherReason, otherMessage, heartbeat, processes, exits, installationType);
  }

  /** Whether the helper still watches the process. */
  public boolean watches(ProcessInstance instance) {
    // Others may live too; nobody but the helper runs a ProcDump, and it names whom it runs one on.
    return alive && living(instance);
  }

  /** Whether the helper names the process as living. */
  public boolean living(ProcessInstance instance) {
    return processes.stream()
        .anyMatch(p -> ProcessInstance.of(p.pid(), p.startTime()).equals(instance));
  }

  /** How the process ended, if the helper saw it. */
  public Optional<ProcessExit> exit(ProcessInstance instance) {
    return exits.stream()
        .filter(e -> ProcessInstance.of(e.pid(), e.startTime()).equals(instance))
        .reduce((older, newer) -> newer);
  }
}
