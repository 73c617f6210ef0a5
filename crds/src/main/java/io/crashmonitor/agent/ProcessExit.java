package io.crashmonitor.agent;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import java.time.Instant;

/**
 * A process that ended while it was watched.
 *
 * @param exitCode unsigned hexadecimal, such as 0xC0000005
 * @param attached whether a debugger of ours was attached at the end
 * @param dumps dumps that were taken of it
 */
@JsonIgnoreProperties(ignoreUnknown = true)
public record ProcessExit(
    long pid,
    String name,
    Instant startTime,
    Instant exitTime,
    String exitCode,
    boolean attached,
    int dumps) {}
