package io.crashmonitor.api;

/** Marks that the operator's workload identity is to be used; it has no fields yet. */
public record WorkloadIdentity() {}
