package io.crashmonitor.operator.session;

import io.crashmonitor.operator.agent.AgentSighting;
import io.crashmonitor.operator.console.EndedInstance;
import io.crashmonitor.operator.storage.CrashRecorder;
import io.crashmonitor.operator.storage.ResourceKey;
import io.crashmonitor.operator.storage.StorageSnapshot;
import io.crashmonitor.operator.storage.StorageTarget;
import io.crashmonitor.report.CrashId;
import java.time.Instant;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/**
 * The parts of the operator that reconciling reads and feeds, beside the cluster: storage and
 * agents. No method waits for anything.
 */
public interface Surroundings {
  /** See {@link io.crashmonitor.operator.storage.StorageWatch#follow}. */
  void follow(StorageTarget target, boolean active);

  /** Something happened that storage will soon tell of. */
  void hurry(ResourceKey session);

  /**
   * The session is gone.
   *
   * @param podsLeft whether pods that carry its sidecar are there; asked later, on another thread
   */
  void forget(ResourceKey session, BooleanSupplier podsLeft);

  /** The last reading of storage; empty before the first. */
  Optional<StorageSnapshot> snapshot(ResourceKey session);

  /** The last word of a pod's agent; empty when it never spoke to this process. */
  Optional<AgentSighting> sighting(String podUid);

  /** Since when an agent's silence means something. */
  Instant agentsSince();

  /** Where crashes are written down. */
  CrashRecorder crashes();

  /** See {@link io.crashmonitor.operator.console.PreviousLogs#add}. */
  void addLog(StorageTarget target, CrashId crash, EndedInstance instance, int lines);

  /** The certificate by which agents know the operator. */
  String caPem();

  /** Told when what lies in a session's storage has changed. */
  void onStorageChange(Consumer<ResourceKey> listener);

  /** Told when an agent says something else than before. */
  void onAgentChange(Consumer<AgentSighting> listener);
}
