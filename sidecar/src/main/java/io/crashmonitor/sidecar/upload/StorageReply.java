package io.crashmonitor.sidecar.upload;

import java.time.Duration;
import java.util.Optional;

/** What storage answered. */
public sealed interface StorageReply {
  /** It is done. */
  record Done() implements StorageReply {}

  /** The signature is no longer good, or never was: a new grant is needed. */
  record Denied(String why) implements StorageReply {}

  /** The blob is there already. */
  record Exists() implements StorageReply {}

  /** Storage does not know the blocks any more: from the beginning. */
  record BlocksGone(String why) implements StorageReply {}

  /** It may work later: away, busy, broken, cut off. */
  record Later(String why, Optional<Duration> after) implements StorageReply {}
}
