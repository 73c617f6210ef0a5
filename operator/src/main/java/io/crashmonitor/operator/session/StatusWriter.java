package io.crashmonitor.operator.session;

import io.crashmonitor.api.CrashMonitorSession;
import io.crashmonitor.api.CrashMonitorSessionStatus;
import io.crashmonitor.operator.session.SessionStatusFactory.Written;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.javaoperatorsdk.operator.api.reconciler.Context;
import io.javaoperatorsdk.operator.api.reconciler.PrimaryUpdateAndCacheUtils;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import java.net.HttpURLConnection;

/** The only writer of sessions: their status, whole and only when it differs, and the finalizer. */
final class StatusWriter {
  private final EventRecorder events;

  StatusWriter(KubernetesClient client) {
    this.events = new EventRecorder(client);
  }

  /** The session with the status that it has now. */
  CrashMonitorSession report(
      CrashMonitorSession session,
      Situation s,
      Plan.Standing standing,
      Written written,
      Context<CrashMonitorSession> context) {
    CrashMonitorSessionStatus status = SessionStatusFactory.status(s, standing, written);
    if (status.equals(session.getStatus())) {
      return session;
    }
    events.tell(session, SessionEvents.between(s.previous(), status), s.now());
    CrashMonitorSession fresh = new CrashMonitorSession();
    fresh.setMetadata(
        new ObjectMetaBuilder()
            .withNamespace(session.getMetadata().getNamespace())
            .withName(session.getMetadata().getName())
            .withUid(session.getMetadata().getUid())
            .build());
    fresh.setStatus(status);
    return PrimaryUpdateAndCacheUtils.ssaPatchStatusAndCacheResource(session, fresh, context);
  }

  /** From now on a deletion waits for the release. */
  static CrashMonitorSession hold(
      CrashMonitorSession session, String finalizer, Context<CrashMonitorSession> context) {
    CrashMonitorSession held =
        PrimaryUpdateAndCacheUtils.addFinalizerWithSSA(context, session, finalizer);
    context
        .eventSourceRetriever()
        .getControllerEventSource()
        .handleRecentResourceUpdate(ResourceID.fromResource(session), held, session);
    return held;
  }

  /** The deletion need not wait any longer. */
  static void letDelete(String finalizer, Context<CrashMonitorSession> context) {
    try {
      PrimaryUpdateAndCacheUtils.removeFinalizer(context, finalizer);
    } catch (KubernetesClientException e) {
      if (e.getCode() != HttpURLConnection.HTTP_NOT_FOUND) {
        throw e;
      }
      // The cache was behind: an earlier turn had let it go.
    }
  }
}
