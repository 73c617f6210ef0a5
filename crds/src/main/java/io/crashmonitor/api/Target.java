package io.crashmonitor.api;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Nullable;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;

/** The workload a session watches, and what of it. */
@ValidationRule(
    value = "self.kind == oldSelf.kind",
    message = "target.kind is immutable: create another session for another workload")
@ValidationRule(
    value = "self.name == oldSelf.name",
    message = "target.name is immutable: create another session for another workload")
public record Target(
    @JsonPropertyDescription("Deployment, StatefulSet or DaemonSet. Immutable.") @Required
        WorkloadKind kind,
    @JsonPropertyDescription("The workload's name. Immutable.")
        @Required
        @Pattern("^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$")
        @Size(min = 1, max = 253)
        String name,
    @JsonPropertyDescription(
            "The container to watch. Default: the only container; required where there are more.")
        @Nullable
        @Pattern("^[a-z0-9]([-a-z0-9]*[a-z0-9])?$")
        @Size(min = 1, max = 63)
        String container,
    @JsonPropertyDescription(
            "The process to watch, such as w3wp.exe; * and ? are wildcards. Default: the"
                + " container's entry process and its children.")
        @Nullable
        @Pattern("^[A-Za-z0-9_.*?][A-Za-z0-9 _.*?()+-]*$")
        @Size(min = 1, max = 128)
        String process) {}
