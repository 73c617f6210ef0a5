package io.crashmonitor.operator.inject;

import io.crashmonitor.report.ExitCode;
import java.time.Instant;

/**
 * The end of one instance of the app's container, as the kubelet saw it.
 *
 * @param startedAt of the instance
 * @param finishedAt of the instance
 * @param restartCount instances before it
 * @param reason in the kubelet's words, such as Error or OOMKilled
 */
public record Termination(
    Instant startedAt, Instant finishedAt, ExitCode exitCode, int restartCount, String reason) {}
