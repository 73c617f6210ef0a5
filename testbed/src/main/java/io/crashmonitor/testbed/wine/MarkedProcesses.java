package io.crashmonitor.testbed.wine;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * Finds processes by a variable in the environment they were started with, and kills them. Wine
 * forks its processes away from whoever asked for them, so neither parents nor process groups tell
 * whose they are; the environment is handed on to every one.
 */
final class MarkedProcesses {
  private static final Duration KILL_LIMIT = Duration.ofSeconds(10);
  private static final Path PROC = Path.of("/proc");

  private MarkedProcesses() {}

  static List<ProcessHandle> with(String variable, String value) {
    byte[] entry = ("\0" + variable + "=" + value + "\0").getBytes(StandardCharsets.UTF_8);
    List<ProcessHandle> found = new ArrayList<>();
    try (DirectoryStream<Path> folders = Files.newDirectoryStream(PROC, "[0-9]*")) {
      for (Path folder : folders) {
        long pid = Long.parseLong(folder.getFileName().toString());
        if (contains(environment(folder), entry)) {
          ProcessHandle.of(pid).ifPresent(found::add);
        }
      }
    } catch (IOException e) {
      throw new java.io.UncheckedIOException("Cannot list /proc", e);
    }
    return found;
  }

  /**
   * Kills until there is none left: a process may be starting another at the moment it is found.
   *
   * @throws IllegalStateException when some are still there after 10 s
   */
  static void kill(String variable, String value) {
    long deadline = System.nanoTime() + KILL_LIMIT.toNanos();
    List<ProcessHandle> alive = with(variable, value);
    while (!alive.isEmpty()) {
      alive.forEach(ProcessHandle::destroyForcibly);
      if (System.nanoTime() > deadline) {
        throw new IllegalStateException(
            "Processes with " + variable + "=" + value + " cannot be killed: " + alive);
      }
      Thread.onSpinWait();
      alive = with(variable, value);
    }
  }

  private static byte[] environment(Path process) {
    try {
      byte[] variables = Files.readAllBytes(process.resolve("environ"));
      byte[] framed = new byte[variables.length + 2];
      System.arraycopy(variables, 0, framed, 1, variables.length);
      return framed;
    } catch (IOException endedOrForeign) {
      return new byte[0];
    }
  }

  private static boolean contains(byte[] text, byte[] part) {
    for (int at = 0; at + part.length <= text.length; at++) {
      if (java.util.Arrays.equals(text, at, at + part.length, part, 0, part.length)) {
        return true;
      }
    }
    return false;
  }
}
