package io.crashmonitor.testbed.wine;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;

/**
 * Kills all marked processes and deletes the folder when this JVM is gone, however it went: a shell
 * waits for the end of a pipe that only this JVM holds.
 */
final class Guard implements AutoCloseable {
  /**
   * $1: variable=value of the environment, $2: folder. A second round catches what was being
   * started.
   */
  private static final String SCRIPT =
      """
      trap '' INT TERM HUP
      while read -r line; do :; done
      for round in 1 2 3; do
        for file in $(grep -lsazFx -e "$1" /proc/[0-9]*/environ); do
          pid=${file#/proc/}
          kill -KILL "${pid%/environ}"
        done
      done
      for file in "$2"/*/wineserver; do
        sockets=$(cat "$file")
        case $sockets in wine-??????) rm -rf -- "/tmp/$sockets" ;; esac
      done
      rm -rf -- "$2"
      """;

  private final Process shell;

  private Guard(Process shell) {
    this.shell = shell;
  }

  static Guard over(String variable, Path folder) {
    try {
      return new Guard(
          new ProcessBuilder(
                  "/bin/sh", "-c", SCRIPT, "wine-guard", variable + "=" + folder, folder.toString())
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .redirectError(ProcessBuilder.Redirect.DISCARD)
              .start());
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot start the guard of the Wine processes (/bin/sh)", e);
    }
  }

  /** Has it do its work now, and waits for that. */
  @Override
  public void close() {
    try {
      shell.getOutputStream().close();
      shell.waitFor();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
