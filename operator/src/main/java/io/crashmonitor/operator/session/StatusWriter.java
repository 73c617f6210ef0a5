package io.crashmonitor.operator.session;

import io.crashmonitor.api.CrashMonitorSession;
import io.crashmonitor.api.CrashMonitorSessionStatus;
import io.crashmonitor.operator.session.SessionStatusFactory.Written;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.javaoperatorsdk.operator.api.reconciler.Context;
import io.javaoperatorsdk.operator.api.reconciler.ErrorStatusUpdateControl;
import io.javaoperatorsdk.operator.api.reconciler.PrimaryUpdateAndCacheUtils;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import java.net.HttpURLConnection;
import java.time.Instant;
import java.util.List;

/** The only writer of sessions: their status, whole and only when it differs, and the finalizer. */
final class StatusWriter {
  private static final int TOLERATED_FAILURES = 2;

  /** The API server's words for a field that it does not serve. */
  private static final String UNKNOWN_FIELD = "not declared in schema";

  private final EventRecorder events;
  private final DefinitionWatch definition;

  StatusWriter(KubernetesClient client, DefinitionWatch definition) {
    this.events = new EventRecorder(client);
    this.definition = definition;
  }

  /** The session with the status that it has now. */
  CrashMonitorSession report(
      CrashMonitorSession session,
      Situation s,
      Plan.Standing standing,
      Written written,
      Context<CrashMonitorSession> context) {
    CrashMonitorSessionStatus status =
        s.seen().cluster().served().fit(SessionStatusFactory.status(s, standing, written));
    if (status.equals(session.getStatus())) {
      return session;
    }
    events.tell(session, SessionEvents.between(s.previous(), status), s.now());
    try {
      return PrimaryUpdateAndCacheUtils.ssaPatchStatusAndCacheResource(
          session, fresh(session, status), context);
    } catch (KubernetesClientException e) {
      if (String.valueOf(e.getMessage()).contains(UNKNOWN_FIELD)) {
        definition.doubt();
      }
      throw e;
    }
  }

  /** Says why turns fail, once they have failed more than once; else says nothing. */
  static ErrorStatusUpdateControl<CrashMonitorSession> failure(
      CrashMonitorSession session,
      Context<CrashMonitorSession> context,
      Exception cause,
      Instant now) {
    boolean lasts =
        context.getRetryInfo().filter(r -> r.getAttemptCount() >= TOLERATED_FAILURES).isPresent();
    if (!lasts || session.getStatus() == null || session.isMarkedForDeletion()) {
      return ErrorStatusUpdateControl.noStatusUpdate();
    }
    CrashMonitorSessionStatus status =
        TurnFailure.status(session.getStatus(), session.getMetadata().getGeneration(), cause, now);
    return status.equals(session.getStatus())
        ? ErrorStatusUpdateControl.noStatusUpdate()
        : ErrorStatusUpdateControl.patchStatus(fresh(session, status));
  }

  private static CrashMonitorSession fresh(
      CrashMonitorSession session, CrashMonitorSessionStatus status) {
    CrashMonitorSession fresh = new CrashMonitorSession();
    fresh.setMetadata(
        new ObjectMetaBuilder()
            .withNamespace(session.getMetadata().getNamespace())
            .withName(session.getMetadata().getName())
            .withUid(session.getMetadata().getUid())
            .build());
    fresh.setStatus(status);
    return fresh;
  }

  /** Says why a deletion waits, for as long as it does. */
  void tellRefused(CrashMonitorSession session, String words, Instant now) {
    events.tell(session, List.of(SessionEvents.releaseRefused(words)), now);
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
