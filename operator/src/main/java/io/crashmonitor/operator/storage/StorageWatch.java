package io.crashmonitor.operator.storage;

import java.util.Optional;
import java.util.function.Consumer;

/** Reads what lies in storage for each session, again and again, away from the reconciler. */
public final class StorageWatch implements AutoCloseable {
  /** Called each turn; {@code active}: read every minute, else seldom. */
  public void follow(StorageTarget target, boolean active) {}

  /** A pod died or an agent spoke: read every ten seconds for a minute. */
  public void hurry(ResourceKey session) {}

  public void forget(ResourceKey session) {}

  /** The last reading; empty before the first. */
  public Optional<StorageSnapshot> snapshot(ResourceKey session) {
    return Optional.empty();
  }

  /** Told when the content changed, on a thread of the watch. */
  public void onChange(Consumer<ResourceKey> listener) {}

  @Override
  public void close() {}
}
