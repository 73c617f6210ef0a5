package io.crashmonitor.sidecar.dump;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Path;

/** Looks into dumps. */
public interface DumpInspector {
  /**
   * Reads a few kilobytes, whatever the dump's size.
   *
   * @throws IOException when it is gone or cannot be read now
   */
  Inspection inspect(Path file) throws IOException;

  /** Whether it is a dump with all it says it has; false too when it cannot be read now. */
  default boolean isWhole(Path file) {
    try {
      return inspect(file) instanceof Inspection.Whole;
    } catch (IOException | RuntimeException notNow) {
      // Not of a file's making shall the agent's thread end.
      return false;
    }
  }

  /**
   * The whole analysis, as the minidump module's CrashReport; may take seconds.
   *
   * @throws IOException when it is gone or cannot be read now, or tells nothing
   */
  JsonNode analyse(Path file) throws IOException;
}
