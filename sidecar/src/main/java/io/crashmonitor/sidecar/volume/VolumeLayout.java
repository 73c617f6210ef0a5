package io.crashmonitor.sidecar.volume;

import io.crashmonitor.report.CrashId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Where things lie in the volume.
 *
 * @param root {@code C:\crash-monitor}
 */
public record VolumeLayout(Path root) {
  /** From the agent to the helper: which process, armed or not, ProcDump's arguments. */
  public Path sessionProperties() {
    return control().resolve("session.properties");
  }

  /** The last configuration the operator gave, for the time it is away. */
  public Path configuration() {
    // In control, not in state: the app's user may not write there.
    return control().resolve("configuration.json");
  }

  /** In which run each dump that waits was taken; beside the configuration, for the same reason. */
  public Path dumpRuns() {
    return control().resolve("dump-runs.json");
  }

  /** The program, where the helper takes it from. */
  public Path procDump() {
    return bin().resolve("procdump64.exe");
  }

  /** What the program was fetched as: the checksum asked for and its own. */
  public Path procDumpMark() {
    return control().resolve("procdump.sha256");
  }

  /** There while the preStop hook waits for the uploads of now. */
  public Path drain() {
    return control().resolve("drain");
  }

  /** There once the container is asked to end. */
  public Path end() {
    return control().resolve("end");
  }

  /** From the helper to the agent. */
  public Path attachState() {
    return state().resolve("attach.json");
  }

  /** What ProcDump writes on its console. */
  public Path procdumpLog() {
    return logs().resolve("procdump.log");
  }

  /** What of a dump is in storage already. */
  public Path journal(CrashId id) {
    return state().resolve("upload-" + id + ".json");
  }

  /**
   * What was found in a dump that waits; beside the configuration, as the agent alone writes it.
   *
   * @param dump names the dump; part of a file's name
   */
  public Path analysis(String dump) {
    return control().resolve("analysis-" + dump + ".json");
  }

  /**
   * There while a dump is being analysed, a byte for each attempt; left behind by an agent that
   * died of it.
   *
   * @param dump names the dump; part of a file's name
   */
  public Path analysisMarker(String dump) {
    return state().resolve("analysis-" + dump);
  }

  /** Dumps that are being written, in a folder for each process instance. */
  public Path incoming() {
    return dumps().resolve("incoming");
  }

  /** Dumps that are whole. */
  public Path ready() {
    return dumps().resolve("ready");
  }

  public Path control() {
    return root.resolve("control");
  }

  public Path state() {
    return root.resolve("state");
  }

  /**
   * A folder of ours that somebody replaced by a link, a junction or a file: following it would
   * read, write or delete elsewhere in the agent's own container. The root is not asked, as it may
   * be mounted by such a thing.
   */
  public Optional<Path> replaced() {
    for (Path folder : List.of(bin(), control(), state(), logs(), dumps(), incoming(), ready())) {
      if (PlainFiles.exists(folder) && !PlainFiles.isFolder(folder)) {
        return Optional.of(folder);
      }
    }
    return Optional.empty();
  }

  private Path bin() {
    return root.resolve("bin");
  }

  private Path logs() {
    return root.resolve("logs");
  }

  private Path dumps() {
    return root.resolve("dumps");
  }

  /** Makes what is missing. The helper makes them too, with the access lists they need. */
  public void create() throws IOException {
    for (Path folder : List.of(control(), state(), incoming(), ready())) {
      Files.createDirectories(folder);
    }
  }
}
