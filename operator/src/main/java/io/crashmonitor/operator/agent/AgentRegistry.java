package io.crashmonitor.operator.agent;

import java.time.Clock;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Consumer;

/** Which agents spoke, when, and what they said; thread-safe. */
public final class AgentRegistry {
  private final Instant startedAt;

  public AgentRegistry(Clock clock) {
    this.startedAt = clock.instant();
  }

  public Optional<AgentSighting> of(String podUid) {
    return Optional.empty();
  }

  /** Since when silence means something: agents of before spoke to another process. */
  public Instant startedAt() {
    return startedAt;
  }

  /** Told when an agent says something else than before, on a thread of the agent endpoint. */
  public void onChange(Consumer<AgentSighting> listener) {}
}
