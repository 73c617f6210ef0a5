package io.crashmonitor.operator.session;

import io.crashmonitor.operator.agent.AgentRegistry;
import io.crashmonitor.operator.agent.AgentSighting;
import io.crashmonitor.operator.console.EndedInstance;
import io.crashmonitor.operator.console.PreviousLogs;
import io.crashmonitor.operator.storage.CrashRecorder;
import io.crashmonitor.operator.storage.DeletedSessions;
import io.crashmonitor.operator.storage.ResourceKey;
import io.crashmonitor.operator.storage.StorageSnapshot;
import io.crashmonitor.operator.storage.StorageTarget;
import io.crashmonitor.operator.storage.StorageWatch;
import io.crashmonitor.report.CrashId;
import java.time.Instant;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** The real storage and the real agents. */
public record LiveSurroundings(
    StorageWatch storage,
    AgentRegistry agents,
    CrashRecorder crashes,
    PreviousLogs logs,
    DeletedSessions deleted,
    Supplier<String> ca)
    implements Surroundings {
  @Override
  public void follow(StorageTarget target, boolean active) {
    storage.follow(target, active);
  }

  @Override
  public void hurry(ResourceKey session) {
    storage.hurry(session);
  }

  @Override
  public void forget(ResourceKey session, BooleanSupplier podsLeft) {
    storage.forget(session).ifPresent(target -> deleted.add(target, podsLeft));
  }

  @Override
  public Optional<StorageSnapshot> snapshot(ResourceKey session) {
    return storage.snapshot(session);
  }

  @Override
  public Optional<AgentSighting> sighting(String podUid) {
    return agents.of(podUid);
  }

  @Override
  public Instant agentsSince() {
    return agents.startedAt();
  }

  @Override
  public void addLog(StorageTarget target, CrashId crash, EndedInstance instance, int lines) {
    logs.add(target, crash, instance, lines);
  }

  @Override
  public String caPem() {
    return ca.get();
  }

  @Override
  public void onStorageChange(Consumer<ResourceKey> listener) {
    storage.onChange(listener);
  }

  @Override
  public void onAgentChange(Consumer<AgentSighting> listener) {
    agents.onChange(listener);
  }
}
