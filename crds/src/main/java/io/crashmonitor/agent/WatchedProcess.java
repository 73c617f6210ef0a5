package io.crashmonitor.agent;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import java.time.Instant;

/**
 * A living process.
 *
 * @param entry whether it is the container's entry process
 * @param attachedAt null while not attached
 * @param firstAttachedAt the first attach to this process, where it tells how long attaching takes;
 *     null before it, of older helpers, and where attaching was put off (disarmed, another
 *     debugger, a full disk) or somebody had tried before
 */
@JsonIgnoreProperties(ignoreUnknown = true)
public record WatchedProcess(
    long pid,
    String name,
    Instant startTime,
    boolean entry,
    boolean attached,
    Instant attachedAt,
    long procdumpPid,
    Instant firstAttachedAt) {

  /** Of which nobody knows how long attaching took. */
  public WatchedProcess(
      long pid,
      String name,
      Instant startTime,
      boolean entry,
      boolean attached,
      Instant attachedAt,
      long procdumpPid) {
    this(pid, name, startTime, entry, attached, attachedAt, procdumpPid, null);
  }
}
