package io.crashmonitor.testbed.controlplane;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Where the tools are that {@code testbed/provision.sh} found or installed.
 *
 * @param source the file this was read from
 * @param paths absolute paths; a tool that is not there has none
 */
public record Provisioned(Path source, Map<Tool, Path> paths) {

  public Provisioned {
    paths = Map.copyOf(paths);
  }

  /** Reads {@code provisioned.properties} of the cache folder; empty where it was never written. */
  public static Provisioned load() {
    Path source = cacheFolder().resolve("provisioned.properties");
    if (!Files.isRegularFile(source)) {
      return new Provisioned(source, Map.of());
    }
    try {
      return parse(source, Files.readAllLines(source));
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot read " + source, e);
    }
  }

  static Provisioned parse(Path source, List<String> lines) {
    Map<Tool, Path> paths = new EnumMap<>(Tool.class);
    for (String line : lines) {
      int equals = line.indexOf('=');
      if (equals > 0) {
        String key = line.substring(0, equals);
        Arrays.stream(Tool.values())
            .filter(tool -> tool.key().equals(key))
            .forEach(tool -> paths.put(tool, Path.of(line.substring(equals + 1))));
      }
    }
    return new Provisioned(source, paths);
  }

  /** {@code $CRASH_MONITOR_CACHE}, else {@code ~/.cache/crash-monitor}. */
  public static Path cacheFolder() {
    String named = System.getenv("CRASH_MONITOR_CACHE");
    return named != null && !named.isEmpty()
        ? Path.of(named).toAbsolutePath()
        : Path.of(System.getProperty("user.home"), ".cache", "crash-monitor");
  }

  /** Where the tool is, if it is there (still). */
  public Optional<Path> find(Tool tool) {
    return Optional.ofNullable(paths.get(tool)).filter(Files::exists);
  }

  /**
   * Where the tool is.
   *
   * @throws IllegalStateException naming the command that brings it
   */
  public Path path(Tool tool) {
    return find(tool)
        .orElseThrow(
            () ->
                new IllegalStateException(
                    "%s is not there (looked in %s). Run: testbed/provision.sh %s"
                        .formatted(tool.key(), source, tool.part())));
  }
}
