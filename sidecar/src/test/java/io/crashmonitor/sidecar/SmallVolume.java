package io.crashmonitor.sidecar;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Comparator;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** A volume of a few megabytes in memory, mounted over a folder, that can really be full. */
public final class SmallVolume implements AutoCloseable {
  private final Path folder;

  private SmallVolume(Path folder) {
    this.folder = folder;
  }

  /** Mounts it; what the folder holds is there as before. Skips the test where it may not. */
  public static SmallVolume over(Path folder, int megabytes) throws IOException {
    Path aside = Files.createTempDirectory("before-the-volume");
    copy(folder, aside);
    boolean mounted =
        run("mount", "-t", "tmpfs", "-o", "size=" + megabytes + "m", "tmpfs", folder.toString());
    if (mounted) {
      copy(aside, folder);
    }
    delete(aside);
    assumeTrue(mounted, "a volume that can be full needs the right to mount one (root)");
    return new SmallVolume(folder);
  }

  /** Takes the rest of its space, to the last byte. */
  public void fill() throws IOException {
    byte[] much = new byte[4096];
    try (var filler =
        Files.newOutputStream(filler(), StandardOpenOption.CREATE, StandardOpenOption.APPEND)) {
      while (true) {
        filler.write(much);
      }
    } catch (IOException full) {
      if (free() > 0) {
        throw full;
      }
    }
  }

  /** Gives it back. */
  public void empty() throws IOException {
    Files.deleteIfExists(filler());
  }

  public long free() {
    return folder.toFile().getUsableSpace();
  }

  private Path filler() {
    return folder.resolve("filler");
  }

  @Override
  public void close() {
    run("umount", "--lazy", folder.toString());
  }

  private static void copy(Path from, Path to) throws IOException {
    try (Stream<Path> files = Files.walk(from)) {
      for (Path file : files.toList()) {
        Path target = to.resolve(from.relativize(file).toString());
        if (Files.isDirectory(file)) {
          Files.createDirectories(target);
        } else {
          Files.copy(file, target);
        }
      }
    }
  }

  private static void delete(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }

  private static boolean run(String... command) {
    try {
      Process process = new ProcessBuilder(command).inheritIO().start();
      return process.waitFor(1, TimeUnit.MINUTES) && process.exitValue() == 0;
    } catch (IOException noSuchProgram) {
      return false;
    } catch (InterruptedException end) {
      Thread.currentThread().interrupt();
      return false;
    }
  }
}
