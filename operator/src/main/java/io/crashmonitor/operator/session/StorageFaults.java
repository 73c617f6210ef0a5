package io.crashmonitor.operator.session;

import io.crashmonitor.api.ConditionTypes;
import io.crashmonitor.api.CrashMonitorSessionStatus;
import io.crashmonitor.api.Reasons;
import io.crashmonitor.operator.storage.StorageFault;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** What a fault of storage means for a session. Pure. */
final class StorageFaults {
  private StorageFaults() {}

  static String reason(StorageFault fault) {
    if (fault instanceof StorageFault.SecretNotFound) {
      return Reasons.SECRET_NOT_FOUND;
    }
    if (fault instanceof StorageFault.SecretInvalid) {
      return Reasons.SECRET_INVALID;
    }
    if (fault instanceof StorageFault.Denied) {
      return Reasons.STORAGE_DENIED;
    }
    if (fault instanceof StorageFault.EndpointNotAllowed) {
      return Reasons.ENDPOINT_NOT_ALLOWED;
    }
    return fault instanceof StorageFault.NotYetSupported
        ? Reasons.NOT_YET_SUPPORTED
        : Reasons.STORAGE_UNREACHABLE;
  }

  /** Whether it counts for a session that monitors: the user's fault at once, the world's later. */
  static boolean lasts(Situation s, StorageFault fault, Duration patience) {
    return !(fault instanceof StorageFault.Unreachable)
        || since(s).filter(since -> !since.plus(patience).isAfter(s.now())).isPresent();
  }

  /** Since when storage is known to be away. */
  static Optional<Instant> since(Situation s) {
    return Conditions.find(
            s.previous().map(CrashMonitorSessionStatus::conditions).orElse(List.of()),
            ConditionTypes.STORAGE_READY)
        .filter(c -> "False".equals(c.getStatus()))
        .map(c -> Instant.parse(c.getLastTransitionTime()));
  }
}
