package io.crashmonitor.sidecar.supervisor;

import java.time.Instant;

/**
 * One run of one program. Process ids come again; with the start they are unique.
 *
 * @param startSeconds epoch seconds: as fine as a dump knows it
 */
public record ProcessInstance(long pid, long startSeconds) {
  public static ProcessInstance of(long pid, Instant start) {
    return new ProcessInstance(pid, start.getEpochSecond());
  }

  public Instant start() {
    return Instant.ofEpochSecond(startSeconds);
  }
}
