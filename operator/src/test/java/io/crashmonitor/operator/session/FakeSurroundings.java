package io.crashmonitor.operator.session;

import io.crashmonitor.operator.agent.AgentSighting;
import io.crashmonitor.operator.console.EndedInstance;
import io.crashmonitor.operator.storage.CrashRecorder;
import io.crashmonitor.operator.storage.ResourceKey;
import io.crashmonitor.operator.storage.StorageFault;
import io.crashmonitor.operator.storage.StorageSnapshot;
import io.crashmonitor.operator.storage.StorageTarget;
import io.crashmonitor.operator.storage.StoredCrash;
import io.crashmonitor.report.CrashId;
import io.crashmonitor.report.DumpReport;
import io.crashmonitor.report.ExitCode;
import io.crashmonitor.report.ExitCodeSource;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/** Storage and agents of a test: it says what they hold, and sees what was written. */
final class FakeSurroundings implements Surroundings, CrashRecorder {
  static final String CA = "-----BEGIN CERTIFICATE-----\ntest\n-----END CERTIFICATE-----\n";

  final Map<String, StorageTarget> followed = new ConcurrentHashMap<>();
  final List<DumpReport> recorded = new CopyOnWriteArrayList<>();
  final List<CrashId> joined = new CopyOnWriteArrayList<>();
  final Map<CrashId, Integer> logged = new ConcurrentHashMap<>();
  final Map<String, BooleanSupplier> podsLeft = new ConcurrentHashMap<>();
  final List<ResourceKey> forgotten = new CopyOnWriteArrayList<>();
  private final List<Consumer<ResourceKey>> listeners = new CopyOnWriteArrayList<>();
  private final Map<String, List<StoredCrash>> stored = new ConcurrentHashMap<>();
  private final Map<String, AgentSighting> agents = new ConcurrentHashMap<>();
  private volatile Optional<StorageFault> fault = Optional.empty();

  void store(String sessionUid, StoredCrash... crashes) {
    stored.put(sessionUid, List.of(crashes));
    changed();
  }

  void fail(StorageFault now) {
    fault = Optional.of(now);
    changed();
  }

  void speak(AgentSighting sighting) {
    agents.put(sighting.podUid(), sighting);
    changed();
  }

  private void changed() {
    List<ResourceKey> sessions =
        new ArrayList<>(followed.values().stream().map(StorageTarget::session).toList());
    listeners.forEach(listener -> sessions.forEach(listener));
  }

  @Override
  public void follow(StorageTarget target, boolean active) {
    if (followed.put(target.session().uid(), target) == null) {
      listeners.forEach(listener -> listener.accept(target.session()));
    }
  }

  @Override
  public void hurry(ResourceKey session) {}

  @Override
  public void forget(ResourceKey session, BooleanSupplier podsLeft) {
    // As the real ones do, which ask on another thread and after the session is gone.
    this.podsLeft.put(session.uid(), podsLeft);
    followed.remove(session.uid());
    forgotten.add(session);
  }

  @Override
  public Optional<StorageSnapshot> snapshot(ResourceKey session) {
    return followed.containsKey(session.uid())
        ? Optional.of(
            new StorageSnapshot(
                Instant.now(),
                StorageTarget.place(followed.get(session.uid()).storage()),
                followed.get(session.uid()).run().id(),
                stored.getOrDefault(session.uid(), List.of()),
                fault,
                0,
                Set.of()))
        : Optional.empty();
  }

  @Override
  public Optional<AgentSighting> sighting(String podUid) {
    return Optional.ofNullable(agents.get(podUid));
  }

  @Override
  public Instant agentsSince() {
    return Instant.now();
  }

  @Override
  public CrashRecorder crashes() {
    return this;
  }

  @Override
  public void addLog(StorageTarget target, CrashId crash, EndedInstance instance, int lines) {
    logged.put(crash, lines);
  }

  @Override
  public String caPem() {
    return CA;
  }

  @Override
  public void onStorageChange(Consumer<ResourceKey> listener) {
    listeners.add(listener);
  }

  @Override
  public void onAgentChange(Consumer<AgentSighting> listener) {}

  @Override
  public void recordWithoutDump(StorageTarget target, DumpReport report) {
    recorded.add(report);
  }

  @Override
  public void joinTermination(
      StorageTarget target, CrashId crash, ExitCode code, ExitCodeSource source, int restarts) {
    joined.add(crash);
  }

  @Override
  public void markLost(StorageTarget target, CrashId crash, String reason) {}
}
