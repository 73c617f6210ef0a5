package io.crashmonitor.api;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.crashmonitor.report.ExceptionSource;
import java.time.Instant;

/** Crashes that ended with one exit code. */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record ExitCodeGroup(
    @JsonPropertyDescription("The exit code as Kubernetes shows it: signed 32 bit.")
        Integer exitCode,
    @JsonPropertyDescription("The same as unsigned hexadecimal, such as 0xC0000005.") String code,
    @JsonPropertyDescription("Its name, such as STATUS_ACCESS_VIOLATION; empty where it has none.")
        String name,
    @JsonPropertyDescription("Crashes.") Integer count,
    @JsonPropertyDescription("Of these, with a dump in storage.") Integer dumps,
    @JsonPropertyDescription("Time of the first crash.") Instant firstSeen,
    @JsonPropertyDescription("Time of the last crash.") Instant lastSeen,
    @JsonPropertyDescription("The exception of the last crash that has one.") String exception,
    @JsonPropertyDescription("Where that exception was read: Dump, ProcDump or PreviousLog.")
        ExceptionSource exceptionSource,
    @JsonPropertyDescription("The top of its call stack.") String topFrame) {}
