package io.crashmonitor.operator.storage;

import io.crashmonitor.api.CrashKind;
import io.crashmonitor.api.DumpState;
import io.crashmonitor.report.CrashId;
import io.crashmonitor.report.ExceptionSource;
import io.crashmonitor.report.ExitCode;
import io.crashmonitor.report.ExitCodeSource;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * One report as its metadata in storage tells it: what status and History show of a crash without
 * opening the report.
 *
 * @param runId the run it was counted in
 * @param pid 0 when nobody knew the process
 * @param processStart empty when nobody knew the process
 * @param blob of the dump; empty where there is none and never will be
 * @param exception in words, or empty
 * @param topFrame of the crashing thread, or empty
 * @param signature of the call stack: equal for equal crashes; or empty
 * @param analysed whether the report holds an analysis
 * @param restartCount of the container when it ended; empty until joined with a termination
 * @param exceptionSource where the exception was read; empty without one
 * @param logged whether the report holds the container's log
 * @param attachedAfter of a crash before the attach: how long processes of its pod run until the
 *     debugger is on; empty where nobody knows
 */
public record StoredCrash(
    CrashId id,
    String runId,
    String pod,
    String podUid,
    String container,
    String process,
    long pid,
    Optional<Instant> processStart,
    Instant time,
    CrashKind kind,
    ExitCode exitCode,
    ExitCodeSource exitCodeSource,
    DumpState dump,
    Optional<String> blob,
    String exception,
    String topFrame,
    String signature,
    boolean analysed,
    Optional<Integer> restartCount,
    Optional<ExceptionSource> exceptionSource,
    boolean logged,
    Optional<Duration> attachedAfter) {

  StoredCrash with(DumpState state) {
    return new StoredCrash(
        id,
        runId,
        pod,
        podUid,
        container,
        process,
        pid,
        processStart,
        time,
        kind,
        exitCode,
        exitCodeSource,
        state,
        blob,
        exception,
        topFrame,
        signature,
        analysed,
        restartCount,
        exceptionSource,
        logged,
        attachedAfter);
  }
}
