package io.crashmonitor.sidecar.volume;

import static java.nio.file.StandardCopyOption.ATOMIC_MOVE;
import static java.nio.file.StandardCopyOption.REPLACE_EXISTING;
import static java.nio.file.StandardOpenOption.CREATE_NEW;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** A file whose readers see the old content or the new one, never a part. */
public final class AtomicFile {
  private static final int ATTEMPTS = 20;
  private static final long PAUSE = TimeUnit.MILLISECONDS.toNanos(50);

  private AtomicFile() {}

  /**
   * Replaces the content. On Windows a reader that holds the file open can be in the way for a
   * moment, so it is tried for a second.
   */
  public static void replace(Path file, byte[] content) throws IOException {
    PlainFiles.requireFolderOf(file);
    Path next = file.resolveSibling(file.getFileName() + ".new");
    Files.deleteIfExists(next);
    Files.write(next, content, CREATE_NEW);
    for (int attempt = 1; ; attempt++) {
      try {
        Files.move(next, file, ATOMIC_MOVE, REPLACE_EXISTING);
        return;
      } catch (IOException inUse) {
        if (attempt == ATTEMPTS) {
          Files.deleteIfExists(next);
          throw inUse;
        }
        LockSupport.parkNanos(PAUSE);
      }
    }
  }
}
