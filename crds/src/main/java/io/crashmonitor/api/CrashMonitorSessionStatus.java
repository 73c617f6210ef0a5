package io.crashmonitor.api;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.crdv2.generator.v1.SchemaCustomizer;
import io.fabric8.generator.annotation.Size;
import io.fabric8.kubernetes.api.model.Condition;
import java.util.List;

/**
 * What the operator has seen and done; computed whole each turn, from the cluster and storage.
 * Empty lists are not written: they say nothing, and a definition of before they were known refuses
 * them.
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
@SchemaCustomizer(ConditionsAsMap.class)
public record CrashMonitorSessionStatus(
    @JsonPropertyDescription(
            "The generation of the spec that this status speaks of; -1 before the first look.")
        Long observedGeneration,
    @JsonPropertyDescription(
            "Disabled, Failed, Completed, Scheduled, Blocked, Pending, Starting or Monitoring.")
        Phase phase,
    @JsonPropertyDescription("The current or last run.") Run run,
    @JsonPropertyDescription(
            "Runs before it that ended within the last day, newest first: a dump that was on its"
                + " way then is still stored in its run.")
        @Size(max = 3)
        @JsonInclude(JsonInclude.Include.NON_EMPTY)
        List<Run> earlierRuns,
    @JsonPropertyDescription(
            "The newest annotation request; in force while it names the present spec.state.")
        Request request,
    @JsonPropertyDescription("Why and when the run ended; absent while it has not.")
        Completion completion,
    @JsonPropertyDescription(
            "The engine in force: ProcDump (a debugger is attached) or CreateDump (the .NET runtime"
                + " writes the dump).")
        CaptureEngine engine,
    @JsonPropertyDescription(
            "With capture.engine Auto: what the next injection does, and why; absent while ProcDump"
                + " does.")
        NextEngine nextEngine,
    @JsonPropertyDescription("The operator's own work on the workload; absent before any.")
        Injection injection,
    @JsonPropertyDescription(
            "Where the dumps and crashes below lie: account, container and prefix.")
        String storage,
    @JsonPropertyDescription("Dumps of the current run that are in storage.") Integer dumpCount,
    @JsonPropertyDescription("Crashes of the current run, with or without a dump.")
        Integer crashCount,
    @JsonPropertyDescription(
            "Pods of the workload that are injected, and where crashes are captured.")
        Replicas replicas,
    @JsonPropertyDescription(
            "The exit codes of the groups with their counts, such as 0xC0000005 (3): for kubectl"
                + " get, whose columns show one value each.")
        String exitCodes,
    @JsonPropertyDescription("Crashes of the current run by exit code, most recent first.")
        @Size(max = 20)
        @JsonInclude(JsonInclude.Include.NON_EMPTY)
        List<ExitCodeGroup> exitCodeGroups,
    @JsonPropertyDescription("The last crashes of the current run, newest first.")
        @Size(max = 20)
        @JsonInclude(JsonInclude.Include.NON_EMPTY)
        List<CrashSummary> recentCrashes,
    @JsonPropertyDescription(
            "Ready, Reconciling, Stalled, TargetReady, StorageReady, Injected, Attached, Completed:"
                + " always all present.")
        List<Condition> conditions) {

  /** No list of the status grows past this; what is older is in storage. */
  public static final int LIST_LIMIT = 20;

  public CrashMonitorSessionStatus {
    earlierRuns = earlierRuns == null ? List.of() : List.copyOf(earlierRuns);
    exitCodeGroups = exitCodeGroups == null ? List.of() : List.copyOf(exitCodeGroups);
    recentCrashes = recentCrashes == null ? List.of() : List.copyOf(recentCrashes);
    conditions = conditions == null ? List.of() : List.copyOf(conditions);
  }
}
