package io.crashmonitor.operator.agent;

import io.crashmonitor.agent.AgentState;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Which agents spoke, when, and what they said; thread-safe. Silent ones are forgotten. */
public final class AgentRegistry {
  private static final Logger LOG = LoggerFactory.getLogger(AgentRegistry.class);
  private static final Duration SILENCE = Duration.ofHours(1);
  private static final Duration CLEANING = Duration.ofMinutes(5);

  private final Clock clock;
  private final Instant startedAt;
  private final Map<String, AgentSighting> sightings = new ConcurrentHashMap<>();
  private final List<Consumer<AgentSighting>> listeners = new CopyOnWriteArrayList<>();
  private final AtomicReference<Instant> cleaned;

  public AgentRegistry(Clock clock) {
    this.clock = clock;
    this.startedAt = clock.instant();
    this.cleaned = new AtomicReference<>(startedAt);
  }

  public Optional<AgentSighting> of(String podUid) {
    return Optional.ofNullable(sightings.get(podUid)).filter(s -> !isSilent(s));
  }

  /** Since when silence means something: agents of before spoke to another process. */
  public Instant startedAt() {
    return startedAt;
  }

  /** Told when an agent says something else than before, on a thread of the agent endpoint. */
  public void onChange(Consumer<AgentSighting> listener) {
    listeners.add(listener);
  }

  void saw(AgentSighting sighting) {
    AgentSighting before = sightings.put(sighting.podUid(), sighting);
    clean();
    if (before == null || !sameWords(before.state(), sighting.state())) {
      listeners.forEach(listener -> tell(listener, sighting));
    }
  }

  /** Heartbeat and free bytes change all the time and say nothing new. */
  private static boolean sameWords(AgentState a, AgentState b) {
    return a.phase() == b.phase()
        && a.reason().equals(b.reason())
        && a.processes().equals(b.processes())
        && a.exits().equals(b.exits())
        && a.dumpsWaiting() == b.dumpsWaiting();
  }

  private boolean isSilent(AgentSighting sighting) {
    return sighting.at().plus(SILENCE).isBefore(clock.instant());
  }

  private void clean() {
    Instant now = clock.instant();
    Instant last = cleaned.get();
    if (now.isAfter(last.plus(CLEANING)) && cleaned.compareAndSet(last, now)) {
      sightings.values().removeIf(this::isSilent);
    }
  }

  private static void tell(Consumer<AgentSighting> listener, AgentSighting sighting) {
    try {
      listener.accept(sighting);
    } catch (RuntimeException e) {
      LOG.atError().setCause(e).addKeyValue("podUid", sighting.podUid()).log("a listener failed");
    }
  }
}
