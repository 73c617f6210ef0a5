package io.crashmonitor.agent;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import java.time.Instant;

/**
 * A living process.
 *
 * @param entry whether it is the container's entry process
 * @param attachedAt null while not attached
 */
@JsonIgnoreProperties(ignoreUnknown = true)
public record WatchedProcess(
    long pid,
    String name,
    Instant startTime,
    boolean entry,
    boolean attached,
    Instant attachedAt,
    long procdumpPid) {}
