package io.crashmonitor.testbed.wine;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The prefixes of one test or one node. Closing kills everything that runs in them and deletes
 * them; when the JVM ends without closing, a guard does the same.
 */
public final class WinePrefixes implements AutoCloseable {
  /** In the environment of every process of these prefixes and of their companions: the folder. */
  public static final String MARKER = "CRASH_MONITOR_TESTBED";

  private final WineInstallation wine;
  private final Path folder;
  private final Guard guard;
  private final Set<WinePrefix> open = ConcurrentHashMap.newKeySet();

  private WinePrefixes(WineInstallation wine, Path folder) {
    this.wine = wine;
    this.folder = folder;
    this.guard = Guard.over(MARKER, folder);
  }

  /**
   * @param folder for the prefixes; made, and deleted at the end
   */
  public static WinePrefixes open(WineInstallation wine, Path folder) {
    try {
      return new WinePrefixes(wine, Files.createDirectories(folder).toRealPath());
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot make the folder of the Wine prefixes: " + folder, e);
    }
  }

  /**
   * Makes a prefix: about 20 ms, 2 MB of disk.
   *
   * @param name a file name, not in use
   */
  public WinePrefix create(String name, Services services) {
    WinePrefix prefix = WinePrefix.create(wine, folder.resolve(name), services, this);
    open.add(prefix);
    return prefix;
  }

  /** What every process of these prefixes carries, to be given to companions of theirs, too. */
  public Map<String, String> marker() {
    return Map.of(MARKER, folder.toString());
  }

  void forget(WinePrefix prefix) {
    open.remove(prefix);
  }

  /** Kills everything marked, and deletes the prefixes. */
  @Override
  public void close() {
    MarkedProcesses.kill(MARKER, folder.toString());
    open.forEach(WinePrefix::close);
    guard.close();
  }
}
