package io.crashmonitor.operator.session;

import io.crashmonitor.api.CrashMonitorSession;
import io.crashmonitor.api.CrashMonitorSessionStatus;
import io.crashmonitor.api.Names;
import io.crashmonitor.api.Phase;
import io.crashmonitor.operator.agent.SessionBoard;
import io.crashmonitor.operator.crash.DumplessReport;
import io.crashmonitor.operator.inject.WorkloadApplier;
import io.crashmonitor.operator.session.SessionStatusFactory.Written;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.javaoperatorsdk.operator.api.config.informer.Informer;
import io.javaoperatorsdk.operator.api.reconciler.Context;
import io.javaoperatorsdk.operator.api.reconciler.ControllerConfiguration;
import io.javaoperatorsdk.operator.api.reconciler.EventSourceContext;
import io.javaoperatorsdk.operator.api.reconciler.PrimaryUpdateAndCacheUtils;
import io.javaoperatorsdk.operator.api.reconciler.Reconciler;
import io.javaoperatorsdk.operator.api.reconciler.UpdateControl;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.javaoperatorsdk.operator.processing.event.source.EventSource;
import java.net.HttpURLConnection;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Gathers, plans, acts, reports. It keeps nothing from turn to turn but its event sources, and it
 * handles its finalizer itself: a session that never injected anything needs none.
 */
@ControllerConfiguration(
    name = "crashmonitorsession",
    fieldManager = Names.FIELD_MANAGER,
    generationAwareEventProcessing = false,
    triggerReconcilerOnAllEvents = true,
    informer = @Informer(onUpdateFilter = WakeFilter.class))
public final class SessionReconciler implements Reconciler<CrashMonitorSession> {
  public static final String FINALIZER = CrashMonitorSession.GROUP + "/release";
  private static final Logger LOG = LoggerFactory.getLogger(SessionReconciler.class);
  private static final Duration RELEASE_AGAIN = Duration.ofMinutes(1);

  private final SessionObserver observer;
  private final WorkloadActions actions;
  private final Surroundings surroundings;
  private final SessionBoard board;
  private final EventRecorder events;
  private SessionEventSources sources;

  public SessionReconciler(
      KubernetesClient client,
      SessionSettings settings,
      Surroundings surroundings,
      SessionBoard board,
      Clock clock) {
    Optional<Cluster.Version> server =
        Optional.ofNullable(client.getKubernetesVersion())
            .flatMap(v -> Cluster.Version.parse(v.getMajor() + "." + v.getMinor()));
    this.observer = new SessionObserver(settings, surroundings, server, clock);
    this.actions = new WorkloadActions(new WorkloadApplier(client), settings, surroundings);
    this.surroundings = surroundings;
    this.board = board;
    this.events = new EventRecorder(client);
  }

  @Override
  public List<EventSource<?, CrashMonitorSession>> prepareEventSources(
      EventSourceContext<CrashMonitorSession> context) {
    sources = new SessionEventSources(context, surroundings);
    return sources.all();
  }

  @Override
  public UpdateControl<CrashMonitorSession> reconcile(
      CrashMonitorSession session, Context<CrashMonitorSession> context) {
    if (context.isPrimaryResourceDeleted() || session.isMarkedForDeletion()) {
      return letGo(session, context);
    }
    Optional<? extends HasMetadata> live = sources.workload(session);
    Situation found = Situation.of(observer.observe(session, live, sources));
    Plan plan = SessionPlanner.plan(found);
    boolean writes = plan instanceof Plan.Inject || plan instanceof Plan.Release;
    if (!session.hasFinalizer(FINALIZER) && (plan instanceof Plan.Inject || found.injected())) {
      session = hold(session, context);
    }
    if (writes && plan.standing().phase() == Phase.Failed) {
      // Remembered first: an operator that ends between the two must not inject once more.
      session = report(session, found, plan.standing(), Written.Nothing, context);
    }
    WorkloadActions.Result result = actions.carryOut(plan, found, live, sources);
    Situation now =
        writes
            ? Situation.of(found.seen().after(session, result.workload(), result.refusal()))
            : found;
    Plan.Standing standing = writes ? SessionPlanner.plan(now).standing() : plan.standing();
    feed(now, standing);
    report(session, now, standing, result.written(), context);
    return UpdateControl.<CrashMonitorSession>noUpdate()
        .rescheduleAfter(WakeUps.next(now, standing));
  }

  /** From now on a deletion waits for the release. */
  private static CrashMonitorSession hold(
      CrashMonitorSession session, Context<CrashMonitorSession> context) {
    CrashMonitorSession held =
        PrimaryUpdateAndCacheUtils.addFinalizerWithSSA(context, session, FINALIZER);
    context
        .eventSourceRetriever()
        .getControllerEventSource()
        .handleRecentResourceUpdate(ResourceID.fromResource(session), held, session);
    return held;
  }

  private void feed(Situation s, Plan.Standing standing) {
    var target = Publication.storage(s);
    surroundings.follow(target, Publication.active(s, standing));
    Publication.agents(s, standing).ifPresentOrElse(board::publish, () -> board.withdraw(s.uid()));
    s.crashes()
        .ifPresent(
            crashes -> {
              String workload = s.spec().target().kind() + "/" + s.spec().target().name();
              String namespace = target.session().namespace();
              var recorder = surroundings.crashes();
              crashes
                  .unrecorded()
                  .forEach(
                      u ->
                          recorder.recordWithoutDump(
                              target, DumplessReport.of(u, s.uid(), namespace, workload)));
              crashes
                  .joins()
                  .forEach(
                      j ->
                          recorder.joinTermination(
                              target,
                              j.crash(),
                              j.exitCode(),
                              j.exitCodeSource(),
                              j.restartCount()));
              crashes
                  .lost()
                  .forEach(
                      id ->
                          recorder.markLost(
                              target, id, "the pod is gone before its dump was in storage"));
              crashes.lookAgainAt().ifPresent(at -> surroundings.hurry(target.session()));
            });
  }

  private CrashMonitorSession report(
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

  private UpdateControl<CrashMonitorSession> letGo(
      CrashMonitorSession session, Context<CrashMonitorSession> context) {
    if (!context.isPrimaryResourceDeleted() && session.hasFinalizer(FINALIZER)) {
      Optional<String> refusal =
          actions.releaseForGood(session, sources.workload(session), sources);
      if (refusal.isPresent()) {
        LOG.atWarn()
            .addKeyValue("session", session.getMetadata().getName())
            .addKeyValue("namespace", session.getMetadata().getNamespace())
            .log("the workload cannot be released yet: {}", refusal.get());
        return UpdateControl.<CrashMonitorSession>noUpdate().rescheduleAfter(RELEASE_AGAIN);
      }
      letDelete(context);
    }
    board.withdraw(session.getMetadata().getUid());
    surroundings.forget(SessionObserver.key(session));
    sources.wakeRivals(session);
    return UpdateControl.noUpdate();
  }

  private static void letDelete(Context<CrashMonitorSession> context) {
    try {
      PrimaryUpdateAndCacheUtils.removeFinalizer(context, FINALIZER);
    } catch (KubernetesClientException e) {
      if (e.getCode() != HttpURLConnection.HTTP_NOT_FOUND) {
        throw e;
      }
      // The cache was behind: an earlier turn had let it go.
    }
  }
}
