package io.crashmonitor.api;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import java.time.Instant;

/** What the operator has learned of a workload with {@code capture.engine: Auto}. */
public record NextEngine(
    @JsonPropertyDescription("The engine from the next injection on: CreateDump.")
        CaptureEngine engine,
    @JsonPropertyDescription("Since when; a run that is requested later injects it.") Instant since,
    @JsonPropertyDescription("Why, in words.") String reason) {}
