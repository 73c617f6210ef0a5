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

  /**
   * The whole analysis, as the minidump module's CrashReport; may take seconds.
   *
   * @throws IOException when it is gone or cannot be read now, or tells nothing
   */
  JsonNode analyse(Path file) throws IOException;
}
