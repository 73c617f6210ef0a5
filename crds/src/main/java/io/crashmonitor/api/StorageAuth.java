package io.crashmonitor.api;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Nullable;
import io.fabric8.generator.annotation.ValidationRule;

/** Exactly one way to sign in. */
@ValidationRule(
    value = "has(self.secretRef) != has(self.workloadIdentity)",
    message = "give exactly one of secretRef and workloadIdentity")
public record StorageAuth(
    @JsonPropertyDescription(
            "A Secret in the session's namespace with key connectionString that holds an account"
                + " key. It is read by the operator only and never enters a pod.")
        @Nullable
        SecretRef secretRef,
    @JsonPropertyDescription(
            "Use the operator's own workload identity. Accepted, not supported yet (condition"
                + " StorageReady, reason NotYetSupported).")
        @Nullable
        WorkloadIdentity workloadIdentity) {}
