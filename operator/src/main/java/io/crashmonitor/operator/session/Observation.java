package io.crashmonitor.operator.session;

import io.crashmonitor.api.CrashMonitorSession;
import io.crashmonitor.operator.agent.AgentSighting;
import io.crashmonitor.operator.inject.InjectedPod;
import io.crashmonitor.operator.inject.Workload;
import io.crashmonitor.operator.storage.StorageSnapshot;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * All that was read in one turn, from caches only. Everything else is computed from it.
 *
 * @param workload the target; empty when it is not there
 * @param pods that carry this session's sidecar
 * @param olderSession name of the session that has the target, if it is another
 * @param storage empty before the first reading
 * @param agents last word of each pod's agent, by pod uid
 * @param agentsSince since when silence of an agent means something
 * @param refusal why the API server did not take what was applied in this very turn
 */
record Observation(
    CrashMonitorSession session,
    Instant now,
    Optional<Workload> workload,
    List<InjectedPod> pods,
    Optional<String> olderSession,
    Optional<StorageSnapshot> storage,
    Map<String, AgentSighting> agents,
    Instant agentsSince,
    Cluster cluster,
    SessionSettings settings,
    Optional<String> refusal) {
  Observation {
    pods = List.copyOf(pods);
    agents = Map.copyOf(agents);
  }

  /** Without what storage told of another place. */
  Observation ofStorageAt(String place) {
    return new Observation(
        session,
        now,
        workload,
        pods,
        olderSession,
        storage.filter(snapshot -> snapshot.place().equals(place)),
        agents,
        agentsSince,
        cluster,
        settings,
        refusal);
  }

  /** The same turn after a write. */
  Observation after(
      CrashMonitorSession session, Optional<Workload> workload, Optional<String> refusal) {
    return new Observation(
        session,
        now,
        workload,
        pods,
        olderSession,
        storage,
        agents,
        agentsSince,
        cluster,
        settings,
        refusal);
  }
}
