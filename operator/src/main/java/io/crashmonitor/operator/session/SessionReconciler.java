package io.crashmonitor.operator.session;

import io.crashmonitor.api.CrashMonitorSession;
import io.crashmonitor.api.Names;
import io.crashmonitor.api.Phase;
import io.crashmonitor.operator.agent.SessionBoard;
import io.crashmonitor.operator.inject.WorkloadApplier;
import io.crashmonitor.operator.session.SessionStatusFactory.Written;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.javaoperatorsdk.operator.api.config.informer.Informer;
import io.javaoperatorsdk.operator.api.reconciler.Context;
import io.javaoperatorsdk.operator.api.reconciler.ControllerConfiguration;
import io.javaoperatorsdk.operator.api.reconciler.ErrorStatusUpdateControl;
import io.javaoperatorsdk.operator.api.reconciler.EventSourceContext;
import io.javaoperatorsdk.operator.api.reconciler.Reconciler;
import io.javaoperatorsdk.operator.api.reconciler.UpdateControl;
import io.javaoperatorsdk.operator.processing.event.source.EventSource;
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
  private final Clock clock;
  private final SessionFeed feed;
  private final StatusWriter status;
  private SessionEventSources sources;

  public SessionReconciler(
      KubernetesClient client,
      SessionSettings settings,
      Surroundings surroundings,
      SessionBoard board,
      DefinitionWatch definition,
      Clock clock) {
    Optional<Cluster.Version> server =
        Optional.ofNullable(client.getKubernetesVersion())
            .flatMap(v -> Cluster.Version.parse(v.getMajor() + "." + v.getMinor()));
    this.observer = new SessionObserver(settings, surroundings, server, definition, clock);
    this.actions = new WorkloadActions(new WorkloadApplier(client), settings, surroundings);
    this.surroundings = surroundings;
    this.clock = clock;
    this.feed = new SessionFeed(surroundings, board);
    this.status = new StatusWriter(client, definition);
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
    if (!session.hasFinalizer(FINALIZER) && (plan instanceof Plan.Inject || found.injected())) {
      session = StatusWriter.hold(session, FINALIZER, context);
    }
    boolean writes = plan instanceof Plan.Inject || plan instanceof Plan.Release;
    boolean remembered =
        found.nothingNewIsAsked()
            && found.previous().filter(p -> p.phase() == Phase.Failed).isPresent();
    if (writes && plan.standing().phase() == Phase.Failed && !remembered) {
      // Remembered first: an operator that ends between the two must not inject once more.
      session = status.report(session, found, plan.standing(), Written.Nothing, context);
    }
    WorkloadActions.Result result = actions.carryOut(plan, found, live, sources);
    Situation now =
        writes
            ? Situation.of(found.seen().after(session, result.workload(), result.refusal()))
            : found;
    Plan.Standing standing = writes ? SessionPlanner.plan(now).standing() : plan.standing();
    feed.feed(now, standing);
    status.report(session, now, standing, result.written(), context);
    return UpdateControl.<CrashMonitorSession>noUpdate()
        .rescheduleAfter(WakeUps.next(now, standing));
  }

  @Override
  public ErrorStatusUpdateControl<CrashMonitorSession> updateErrorStatus(
      CrashMonitorSession session, Context<CrashMonitorSession> context, Exception cause) {
    return StatusWriter.failure(session, context, cause, clock.instant());
  }

  private UpdateControl<CrashMonitorSession> letGo(
      CrashMonitorSession session, Context<CrashMonitorSession> context) {
    if (!context.isPrimaryResourceDeleted() && session.hasFinalizer(FINALIZER)) {
      Optional<String> refusal =
          actions.releaseForGood(session, sources.workload(session), sources);
      if (refusal.isPresent()) {
        LOG.atWarn()
            .addKeyValue("session", SessionObserver.key(session))
            .log("the workload cannot be released yet: {}", refusal.get());
        status.tellRefused(session, refusal.get(), clock.instant());
        return UpdateControl.<CrashMonitorSession>noUpdate().rescheduleAfter(RELEASE_AGAIN);
      }
      StatusWriter.letDelete(FINALIZER, context);
    }
    String uid = session.getMetadata().getUid();
    feed.forget(SessionObserver.key(session), () -> !sources.pods(uid).isEmpty());
    sources.wakeRivals(session);
    return UpdateControl.noUpdate();
  }
}
