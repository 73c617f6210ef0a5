package io.crashmonitor.operator.crash;

import io.crashmonitor.agent.AgentState;
import io.crashmonitor.operator.inject.InjectedPod;
import io.crashmonitor.operator.storage.StoredCrash;
import io.crashmonitor.report.CrashId;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * All that tells of crashes in one turn.
 *
 * @param runId the current run; crashes of others are looked at and not counted
 * @param from ends before it belong to no run or an earlier one
 * @param until ends after it belong to none: the run was over
 * @param stored reports in storage, of this run and earlier ones
 * @param onlyCounted crashes of this run that storage counts and has no report of
 * @param storedAt when storage was read: what ended after that may have a report already
 * @param pods that carry the sidecar of this session
 * @param agents last word of each pod's agent, by pod uid
 * @param patience how long a termination waits for its dump
 */
public record CrashEvidence(
    String runId,
    Instant from,
    Instant until,
    List<StoredCrash> stored,
    Set<CrashId> onlyCounted,
    Instant storedAt,
    List<InjectedPod> pods,
    Map<String, AgentState> agents,
    Instant now,
    Duration patience) {
  public CrashEvidence {
    stored = List.copyOf(stored);
    onlyCounted = Set.copyOf(onlyCounted);
    pods = List.copyOf(pods);
    agents = Map.copyOf(agents);
  }

  boolean counts(Instant end) {
    return !end.isBefore(from) && !end.isAfter(until);
  }
}
