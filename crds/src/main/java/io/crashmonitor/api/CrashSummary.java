package io.crashmonitor.api;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.crashmonitor.report.ExceptionSource;
import java.time.Instant;

/** One crash, short; the whole is in the report beside the dump. */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record CrashSummary(
    @JsonPropertyDescription("Identifies the crash: one end of one process instance.") String id,
    @JsonPropertyDescription("When it happened.") Instant time,
    @JsonPropertyDescription("The pod.") String pod,
    @JsonPropertyDescription("The process.") String process,
    @JsonPropertyDescription("Unsigned hexadecimal exit code, such as 0xC0000005.") String code,
    @JsonPropertyDescription("Crash, FirstChance or CrashedBeforeAttach.") CrashKind kind,
    @JsonPropertyDescription("Uploading, Stored, None, Refused, Truncated or Lost.") DumpState dump,
    @JsonPropertyDescription("The exception in words.") String exception,
    @JsonPropertyDescription(
            "Where the exception was read: in the dump, on ProcDump's console, or in the"
                + " container's log (PreviousLog).")
        ExceptionSource exceptionSource,
    @JsonPropertyDescription("The top of the call stack, or Analysis Pending until it is there.")
        String topFrame,
    @JsonPropertyDescription("The blob that holds the dump; absent where there is none.")
        String blob) {}
