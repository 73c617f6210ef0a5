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
 * @param process whose it is, by the name of the file or its folder; a dump by the runtime does not
 *     name the process' start there, its own time stands in for it
 * @param origin who wrote it, and how far
 * @param size bytes
 * @param modified last write
 */
public record DumpFile(
    Path path, ProcessInstance process, Origin origin, long size, Instant modified) {

  /** Who wrote a dump, and how far. */
  public enum Origin {
    /** ProcDump; the helper said by moving it that it is finished. */
    HELPER_MOVED,
    /** ProcDump, which may still write it. */
    HELPER_LEFT,
    /** The .NET runtime, which may still write it. */
    RUNTIME
  }

  /** Whether somebody said that it is; else it may still be written. */
  public boolean finished() {
    return origin == Origin.HELPER_MOVED;
  }

  /** Deletes it, and the folder it was written in when that is empty then. */
  public void delete() throws IOException {
    Files.deleteIfExists(path);
    if (origin == Origin.HELPER_LEFT) {
      try {
        Files.deleteIfExists(path.getParent());
      } catch (DirectoryNotEmptyException anotherDumpIsThere) {
        // It goes with the last one.
        return;
      }
    }
  }
}
