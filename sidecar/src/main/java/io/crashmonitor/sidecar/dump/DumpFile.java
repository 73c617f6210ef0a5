package io.crashmonitor.sidecar.dump;

import io.crashmonitor.sidecar.supervisor.ProcessInstance;
import java.io.IOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;

/**
 * A dump in the volume.
 *
 * @param process whose it is, by the name the helper gave the file or its folder
 * @param finished whether the helper said so by moving it; else it may still be written
 * @param size bytes
 * @param modified last write
 */
public record DumpFile(
    Path path, ProcessInstance process, boolean finished, long size, Instant modified) {

  /** Deletes it, and the folder it was written in when that is empty then. */
  public void delete() throws IOException {
    Files.deleteIfExists(path);
    if (!finished) {
      try {
        Files.deleteIfExists(path.getParent());
      } catch (DirectoryNotEmptyException anotherDumpIsThere) {
        // It goes with the last one.
        return;
      }
    }
  }
}
