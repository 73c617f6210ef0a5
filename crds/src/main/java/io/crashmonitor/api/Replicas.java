package io.crashmonitor.api;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;

/** Pods of the workload. */
public record Replicas(
    @JsonPropertyDescription("Injected pods that are not being deleted.") Integer total,
    @JsonPropertyDescription(
            "Those where a debugger of ours is attached, or the .NET runtime writes the dumps.")
        Integer attached) {}
