package io.crashmonitor.api;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import java.time.Instant;

/** How a run ended. */
public record Completion(
    @JsonPropertyDescription("StopTimeReached, MaxDumpsReached or Stopped.")
        CompletionReason reason,
    @JsonPropertyDescription("When it ended.") Instant time) {}
