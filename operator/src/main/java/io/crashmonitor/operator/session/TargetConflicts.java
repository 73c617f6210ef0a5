package io.crashmonitor.operator.session;

import io.crashmonitor.api.CrashMonitorSession;
import io.crashmonitor.api.Phase;
import java.util.Collection;
import java.util.Comparator;
import java.util.Objects;
import java.util.Optional;

/** Two sessions that name one workload: the oldest wins. Pure. */
final class TargetConflicts {
  private static final Comparator<CrashMonitorSession> OLDEST_FIRST =
      Comparator.comparing((CrashMonitorSession s) -> s.getMetadata().getCreationTimestamp())
          // The API server counts in seconds: of two of one age the one that is in stays.
          .thenComparing(s -> s.getStatus() == null || s.getStatus().injection() == null)
          .thenComparing(s -> s.getMetadata().getUid());

  private TargetConflicts() {}

  /** Names the workload for an index: sessions with the same key share it. */
  static String key(CrashMonitorSession session) {
    var target = session.getSpec().target();
    return key(session.getMetadata().getNamespace(), target.kind().name(), target.name());
  }

  static String key(String namespace, String kind, String name) {
    return namespace + "/" + kind + "/" + name;
  }

  /** The session that has the workload, if it is not this one. */
  static Optional<String> olderSession(
      CrashMonitorSession session, Collection<CrashMonitorSession> sameTarget) {
    return sameTarget.stream()
        .filter(s -> !s.getMetadata().getUid().equals(session.getMetadata().getUid()))
        .filter(s -> !letGo(s))
        .filter(s -> OLDEST_FIRST.compare(s, session) < 0)
        .min(OLDEST_FIRST)
        .map(s -> s.getMetadata().getName());
  }

  /** A disabled session has nothing of its own in the workload any more. */
  private static boolean letGo(CrashMonitorSession s) {
    var status = s.getStatus();
    return status != null
        && status.phase() == Phase.Disabled
        && Objects.equals(status.observedGeneration(), s.getMetadata().getGeneration());
  }
}
