package io.crashmonitor.minidump;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.zip.GZIPInputStream;

/**
 * The folder of real dumps, read where it lies; a test that needs it is skipped with its reason
 * where it is missing.
 */
public final class Corpus {
  private static final Path FOLDER =
      Path.of(System.getProperty("crashmonitor.minidumps", "no such folder"));
  private static final ConcurrentMap<String, Path> UNPACKED = new ConcurrentHashMap<>();

  private Corpus() {}

  /** The dump of this name, unpacked if it lies there gzipped. */
  public static Path dump(String name) {
    assumeTrue(
        Files.isDirectory(FOLDER),
        () -> "skipped: no folder of dumps at " + FOLDER + " (-Dcrashmonitor.minidumps=…)");
    Path plain = FOLDER.resolve(name + ".dmp");
    if (Files.exists(plain)) {
      return plain;
    }
    return UNPACKED.computeIfAbsent(name, Corpus::unpack);
  }

  /** Text of the folder's index: what is true of each dump. */
  public static String index() {
    assumeTrue(
        Files.isDirectory(FOLDER),
        () -> "skipped: no folder of dumps at " + FOLDER + " (-Dcrashmonitor.minidumps=…)");
    try {
      return Files.readString(FOLDER.resolve("INDEX.md"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Path unpack(String name) {
    Path packed = FOLDER.resolve(name + ".dmp.gz");
    try (InputStream in = new GZIPInputStream(Files.newInputStream(packed))) {
      Path file = Files.createTempFile(name, ".dmp");
      file.toFile().deleteOnExit();
      Files.copy(in, file, StandardCopyOption.REPLACE_EXISTING);
      return file;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
