package io.crashmonitor.sidecar.volume;

import static java.nio.file.LinkOption.NOFOLLOW_LINKS;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Optional;
import java.util.Set;

/**
 * Access to files that somebody else may have put there. Links, junctions and other reparse points,
 * pipes and devices are refused: only plain files and folders count.
 */
public final class PlainFiles {
  private PlainFiles() {}

  /** Size and times of a plain file; empty when it is missing or is something else. */
  public static Optional<BasicFileAttributes> file(Path path) {
    return attributes(path).filter(a -> a.isRegularFile() && !a.isOther() && alone(path));
  }

  /** Whether it is a real folder. A Windows junction calls itself a folder and "other". */
  public static boolean isFolder(Path path) {
    return attributes(path).filter(a -> a.isDirectory() && !a.isOther()).isPresent();
  }

  /**
   * Asks that a file lies in a real folder, before it is written.
   *
   * @throws IOException when its folder is missing, a link or a junction
   */
  public static void requireFolderOf(Path file) throws IOException {
    if (!isFolder(file.toAbsolutePath().getParent())) {
      throw new FileSystemException(file + ": not in a plain folder");
    }
  }

  /** Whether anything of this name exists, links and all. */
  public static boolean exists(Path path) {
    return attributes(path).isPresent();
  }

  /**
   * Reads a small plain file.
   *
   * @throws IOException when it is missing, no plain file, longer than the limit, or cannot be read
   *     now
   */
  public static byte[] read(Path path, int limit) throws IOException {
    if (size(path) > limit) {
      throw new FileSystemException(path + ": longer than " + limit + " bytes");
    }
    // It may have grown or been replaced since: the read itself is bounded too.
    byte[] bytes = bytes(path, 0, limit + 1);
    if (bytes.length > limit) {
      throw new FileSystemException(path + ": longer than " + limit + " bytes");
    }
    return bytes;
  }

  /**
   * Reads the end of a plain file, or all of a short one.
   *
   * @throws IOException when it is missing, no plain file, or cannot be read now
   */
  public static byte[] readEnd(Path path, int limit) throws IOException {
    return bytes(path, Math.max(0, size(path) - limit), limit);
  }

  private static long size(Path path) throws IOException {
    return file(path)
        .orElseThrow(() -> new FileSystemException(path + ": not there, or no plain file"))
        .size();
  }

  private static byte[] bytes(Path path, long from, int most) throws IOException {
    ByteBuffer buffer = ByteBuffer.allocate(most);
    try (SeekableByteChannel channel =
        Files.newByteChannel(path, Set.of(StandardOpenOption.READ, NOFOLLOW_LINKS))) {
      channel.position(from);
      while (buffer.hasRemaining() && channel.read(buffer) >= 0) {
        // until the end of the file
      }
    }
    byte[] bytes = new byte[buffer.position()];
    buffer.flip().get(bytes);
    return bytes;
  }

  private static Optional<BasicFileAttributes> attributes(Path path) {
    try {
      return Optional.of(Files.readAttributes(path, BasicFileAttributes.class, NOFOLLOW_LINKS));
    } catch (IOException missingOrLocked) {
      return Optional.empty();
    }
  }

  // A second name of a file elsewhere is a link too. Windows tells Java no count: see SecondNames.
  private static boolean alone(Path path) {
    if (!path.getFileSystem().supportedFileAttributeViews().contains("unix")) {
      return true;
    }
    try {
      return Integer.valueOf(1).equals(Files.getAttribute(path, "unix:nlink", NOFOLLOW_LINKS));
    } catch (IOException gone) {
      return false;
    }
  }
}
