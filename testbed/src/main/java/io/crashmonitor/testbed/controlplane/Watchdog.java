package io.crashmonitor.testbed.controlplane;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/**
 * Kills the processes given to it when this JVM ends in any way, SIGKILL included: a small shell
 * reads process ids from a pipe that only this JVM holds open, and its end of file is the JVM's
 * end. (Linux' parent-death signal will not do: it fires when the <em>thread</em> that started the
 * child ends.)
 */
public final class Watchdog {
  /**
   * {@code +pid} to watch, {@code -pid} to forget; signals of a terminal are for the JVM, not for
   * this.
   */
  static final String SCRIPT =
      """
      trap '' INT TERM HUP
      pids=' '
      while read -r line; do
        pid=${line#?}
        case $line in
          +*) pids="$pids$pid " ;;
          -*) case $pids in *" $pid "*) pids="${pids%%" $pid "*} ${pids#*" $pid "}" ;; esac ;;
        esac
      done
      for pid in $pids; do kill -KILL "$pid"; done
      """;

  private static Watchdog instance;

  private final OutputStream pipe;

  private Watchdog(OutputStream pipe) {
    this.pipe = pipe;
  }

  /** This JVM's watchdog, started at the first call. */
  public static synchronized Watchdog get() {
    if (instance == null) {
      try {
        Process shell =
            new ProcessBuilder("/bin/sh", "-c", SCRIPT)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        instance = new Watchdog(shell.getOutputStream());
      } catch (IOException e) {
        throw new UncheckedIOException("Cannot start the watchdog of child processes (/bin/sh)", e);
      }
    }
    return instance;
  }

  /** From now on the process does not outlive this JVM. */
  public void watch(long pid) {
    tell('+', pid);
  }

  /** To be called once the process has ended: its id may be given to another. */
  public void forget(long pid) {
    tell('-', pid);
  }

  private synchronized void tell(char verb, long pid) {
    try {
      pipe.write((verb + Long.toString(pid) + "\n").getBytes(StandardCharsets.US_ASCII));
      pipe.flush();
    } catch (IOException e) {
      throw new UncheckedIOException("The watchdog of child processes has ended", e);
    }
  }
}
