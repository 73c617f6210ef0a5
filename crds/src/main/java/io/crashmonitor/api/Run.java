package io.crashmonitor.api;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import java.time.Instant;

/** One window of monitoring. A run request, not a change of the spec, begins another. */
public record Run(
    @JsonPropertyDescription("Identifies the run; names its ledger in storage.") String id,
    @JsonPropertyDescription("When the window opens.") Instant startTime,
    @JsonPropertyDescription("When the window closes whatever happened.") Instant stopTime) {}
