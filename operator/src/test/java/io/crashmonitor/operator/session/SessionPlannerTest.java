package io.crashmonitor.operator.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.crashmonitor.api.ConditionTypes;
import io.crashmonitor.api.CrashMonitorSessionStatus;
import io.crashmonitor.api.Names;
import io.crashmonitor.api.Phase;
import io.crashmonitor.api.Reasons;
import io.crashmonitor.operator.inject.Rollout;
import io.crashmonitor.operator.session.SessionStatusFactory.Written;
import io.crashmonitor.operator.storage.StorageFault;
import io.fabric8.kubernetes.api.model.Condition;
import java.time.Duration;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The phase table of the design: a named case for each row and each reason. */
class SessionPlannerTest {

  /** Ready, Reconciling, Stalled. */
  private static final String SETTLED = "True False False";

  private static final String WORKING = "False True False";
  private static final String STUCK = "False False True";
  private static final String PAUSED = "False False False";

  static Stream<Arguments> cases() {
    return Stream.of(disabledAndFailed(), completedAndScheduled(), blocked(), pendingToMonitoring())
        .flatMap(c -> c);
  }

  private static Stream<Arguments> disabledAndFailed() {
    return Stream.of(
        row(
            "a disabled session releases what it injected",
            Scene.monitoring().respec("state: Disabled"),
            Plan.Release.class,
            Phase.Pending,
            Reasons.RELEASING,
            WORKING),
        row(
            "a disabled session is disabled once all is released",
            Scene.of("state: Disabled"),
            Plan.Keep.class,
            Phase.Disabled,
            Reasons.DISABLED,
            SETTLED),
        row(
            "a request to disable is as good as the spec",
            Scene.fresh().annotate(Names.DISABLE_REQUESTED_AT, Scene.CREATED.plusSeconds(9)),
            Plan.Keep.class,
            Phase.Disabled,
            Reasons.DISABLED,
            SETTLED),
        row(
            "an image that cannot be pulled for two minutes takes the sidecar out",
            pullError().remember().at(Duration.ofMinutes(5)),
            Plan.Release.class,
            Phase.Failed,
            Reasons.INJECTION_FAILED,
            STUCK),
        row(
            "a failed hook takes the sidecar out at once",
            Scene.monitoring().pod("checkout-1", p -> p.appWaits("PostStartHookError", "oops")),
            Plan.Release.class,
            Phase.Failed,
            Reasons.INJECTION_FAILED,
            STUCK),
        row(
            "an app that crashes while the hook runs is watched, not given up",
            Scene.monitoring()
                .pod(
                    "checkout-1",
                    p ->
                        p.appDied(0xC0000005).appWaits("PostStartHookError", "it ended meanwhile")),
            Plan.Keep.class,
            Phase.Monitoring,
            Reasons.MONITORING,
            SETTLED),
        row(
            "pods that are refused since the injection take the sidecar out at once",
            Scene.monitoring().replicaFailure("quota", Scene.CREATED.plusSeconds(61)),
            Plan.Release.class,
            Phase.Failed,
            Reasons.INJECTION_FAILED,
            STUCK),
        row(
            "the breaker also guards a completed session",
            Scene.monitoring("state: Stopped")
                .pod("checkout-1", p -> p.appWaits("PostStartHookError", "oops")),
            Plan.Release.class,
            Phase.Failed,
            Reasons.INJECTION_FAILED,
            STUCK),
        row(
            "a failed session stays failed",
            failed().wiped().noPods().at(Duration.ofHours(5)),
            Plan.Refuse.class,
            Phase.Failed,
            Reasons.INJECTION_FAILED,
            STUCK),
        row(
            "a failed session that is still injected goes on releasing",
            failed().noPods(),
            Plan.Release.class,
            Phase.Failed,
            Reasons.INJECTION_FAILED,
            STUCK),
        row(
            "a failed session stays failed when it is asked to stop",
            failed()
                .wiped()
                .noPods()
                .annotate(Names.STOP_REQUESTED_AT, Scene.CREATED.plusSeconds(300)),
            Plan.Refuse.class,
            Phase.Failed,
            Reasons.INJECTION_FAILED,
            STUCK),
        row(
            "a failed session tries again when the spec changes",
            failed().wiped().noPods().respec("maxDumps: 5"),
            Plan.Inject.class,
            Phase.Starting,
            Reasons.STARTING,
            WORKING),
        row(
            "a failed session tries again when a run is requested",
            failed()
                .wiped()
                .noPods()
                .annotate(Names.RUN_REQUESTED_AT, Scene.CREATED.plusSeconds(300))
                .at(Duration.ofMinutes(6)),
            Plan.Inject.class,
            Phase.Starting,
            Reasons.STARTING,
            WORKING),
        row(
            "a failed session stays failed when the operator could not finish a turn",
            failed().wiped().noPods().remember().failTurn(),
            Plan.Refuse.class,
            Phase.Failed,
            Reasons.INJECTION_FAILED,
            STUCK),
        row(
            "the fourth wipe within an hour ends the fight",
            wipedTimes(3),
            Plan.Refuse.class,
            Phase.Failed,
            Reasons.HEAL_LIMIT_REACHED,
            STUCK),
        row(
            "a stop time of more than 93 days",
            Scene.of("stopTime: \"2027-11-22T08:00:00Z\""),
            Plan.Refuse.class,
            Phase.Failed,
            Reasons.STOP_TOO_FAR,
            STUCK),
        row(
            "a stop time before the creation",
            Scene.of("stopTime: \"2026-11-21T08:00:00Z\""),
            Plan.Refuse.class,
            Phase.Failed,
            Reasons.STOP_BEFORE_START,
            STUCK),
        row(
            "an authentication that is not built yet",
            Scene.withWorkloadIdentity(),
            Plan.Refuse.class,
            Phase.Failed,
            Reasons.NOT_YET_SUPPORTED,
            STUCK),
        row(
            "several containers and none named",
            Scene.fresh()
                .template(
                    t -> t.replace("- name: app", "- {name: logs, image: x}\n        - name: app")),
            Plan.Refuse.class,
            Phase.Failed,
            Reasons.CONTAINER_REQUIRED,
            STUCK),
        row(
            "a container that is not there",
            Scene.fresh().container("web"),
            Plan.Refuse.class,
            Phase.Failed,
            Reasons.CONTAINER_NOT_FOUND,
            STUCK));
  }

  private static Stream<Arguments> completedAndScheduled() {
    return Stream.of(
        row(
            "the stop time",
            Scene.monitoring("duration: 1h").at(Duration.ofHours(1)),
            Plan.Keep.class,
            Phase.Completed,
            Reasons.STOP_TIME_REACHED,
            SETTLED),
        row(
            "the maximum of dumps",
            Scene.monitoring().dumps(3),
            Plan.Keep.class,
            Phase.Completed,
            Reasons.MAX_DUMPS_REACHED,
            SETTLED),
        row(
            "dumps that go let it go on",
            Scene.monitoring().dumps(3).remember().noDumps().dumps(2),
            Plan.Keep.class,
            Phase.Monitoring,
            Reasons.MONITORING,
            SETTLED),
        row(
            "a full budget counts also while storage is away",
            Scene.monitoring()
                .dumps(3)
                .remember()
                .noDumps()
                .fault(new StorageFault.Unreachable("no answer")),
            Plan.Keep.class,
            Phase.Completed,
            Reasons.MAX_DUMPS_REACHED,
            SETTLED),
        row(
            "a request to stop",
            Scene.monitoring().annotate(Names.STOP_REQUESTED_AT, Scene.CREATED.plusSeconds(90)),
            Plan.Keep.class,
            Phase.Completed,
            Reasons.STOPPED,
            SETTLED),
        row(
            "a stopped session injects nothing",
            Scene.of("state: Stopped"),
            Plan.Keep.class,
            Phase.Completed,
            Reasons.STOPPED,
            SETTLED),
        row(
            "a run that is requested after the stop",
            Scene.monitoring()
                .annotate(Names.STOP_REQUESTED_AT, Scene.CREATED.plusSeconds(90))
                .annotate(Names.RUN_REQUESTED_AT, Scene.CREATED.plusSeconds(100)),
            Plan.Keep.class,
            Phase.Monitoring,
            Reasons.MONITORING,
            SETTLED),
        row(
            "before the window",
            Scene.of("startTime: \"2026-11-23T08:00:00Z\""),
            Plan.Wait.class,
            Phase.Scheduled,
            Reasons.SCHEDULED,
            SETTLED));
  }

  private static Stream<Arguments> blocked() {
    return Stream.of(
        row(
            "an older session",
            Scene.fresh().older("first"),
            Plan.Refuse.class,
            Phase.Blocked,
            Reasons.OLDER_SESSION,
            STUCK),
        row(
            "a workload that does not run on Windows",
            Scene.fresh().template(t -> t.replace("windows", "linux")),
            Plan.Refuse.class,
            Phase.Blocked,
            Reasons.NOT_WINDOWS,
            STUCK),
        row(
            "a hook of the user's own",
            Scene.fresh()
                .template(
                    t -> t.replace("{preStop:", "{postStart: {exec: {command: [x]}}, preStop:")),
            Plan.Refuse.class,
            Phase.Blocked,
            Reasons.HOOK_IN_USE,
            STUCK),
        row(
            "an old API server",
            Scene.fresh().cluster("1.28"),
            Plan.Refuse.class,
            Phase.Blocked,
            Reasons.CLUSTER_TOO_OLD,
            STUCK),
        row(
            "an old kubelet on one Windows node",
            Scene.fresh().cluster("1.30", "v1.30.1", "v1.28.9"),
            Plan.Refuse.class,
            Phase.Blocked,
            Reasons.CLUSTER_TOO_OLD,
            STUCK),
        row(
            "a licence that nobody accepted",
            Scene.fresh().noLicence(),
            Plan.Refuse.class,
            Phase.Blocked,
            Reasons.LICENCE_NOT_ACCEPTED,
            STUCK),
        row(
            "a debugger on the whole workload",
            Scene.monitoring().annotateWorkload(Names.REMOTE_DEBUGGING, "true"),
            Plan.Wait.class,
            Phase.Blocked,
            Reasons.REMOTE_DEBUGGING,
            PAUSED),
        row(
            "a debugger on a pod",
            Scene.monitoring().pod("checkout-1", Scene.Pod::debugged),
            Plan.Wait.class,
            Phase.Blocked,
            Reasons.REMOTE_DEBUGGING,
            PAUSED),
        row(
            "a debugger that the agents found",
            Scene.monitoring().pod("checkout-1", p -> p.detached("DebuggerAttached", "")),
            Plan.Wait.class,
            Phase.Blocked,
            Reasons.REMOTE_DEBUGGING,
            PAUSED),
        row(
            "an apply that the API server refused",
            Scene.fresh().refused("conflict with helm"),
            Plan.Refuse.class,
            Phase.Blocked,
            Reasons.FIELD_CONFLICT,
            STUCK));
  }

  private static Stream<Arguments> pendingToMonitoring() {
    return Stream.of(
        row(
            "no target",
            Scene.fresh().noTarget(),
            Plan.Wait.class,
            Phase.Pending,
            Reasons.TARGET_NOT_FOUND,
            WORKING),
        row(
            "storage that was not read yet",
            Scene.fresh().storageUnread(),
            Plan.Wait.class,
            Phase.Pending,
            Reasons.NOT_CHECKED,
            WORKING),
        row(
            "no Secret",
            Scene.fresh().fault(new StorageFault.SecretNotFound("shop")),
            Plan.Wait.class,
            Phase.Pending,
            Reasons.SECRET_NOT_FOUND,
            WORKING),
        row(
            "a Secret that is gone counts at once, also for one that monitors",
            Scene.monitoring().fault(new StorageFault.SecretNotFound("shop")),
            Plan.Wait.class,
            Phase.Pending,
            Reasons.SECRET_NOT_FOUND,
            WORKING),
        row(
            "storage that does not answer for a moment is no matter to one that monitors",
            Scene.monitoring().fault(new StorageFault.Unreachable("no answer")).remember(),
            Plan.Keep.class,
            Phase.Monitoring,
            Reasons.MONITORING,
            SETTLED),
        row(
            "storage that does not answer for five minutes is",
            Scene.monitoring()
                .fault(new StorageFault.Unreachable("no answer"))
                .remember()
                .at(Duration.ofMinutes(7)),
            Plan.Wait.class,
            Phase.Pending,
            Reasons.STORAGE_UNREACHABLE,
            WORKING),
        row(
            "a restarted operator does not doubt what it injected",
            Scene.monitoring().storageUnread(),
            Plan.Keep.class,
            Phase.Monitoring,
            Reasons.MONITORING,
            SETTLED),
        row(
            "everything there, nothing injected",
            Scene.fresh(),
            Plan.Inject.class,
            Phase.Starting,
            Reasons.STARTING,
            WORKING),
        row(
            "what somebody wiped is put back",
            wipedTimes(0),
            Plan.Inject.class,
            Phase.Starting,
            Reasons.STARTING,
            WORKING),
        row(
            "a workload that was deleted and made anew was not wiped",
            wipedTimes(3).noTarget().remember().target(),
            Plan.Inject.class,
            Phase.Starting,
            Reasons.STARTING,
            WORKING),
        row(
            "a cache that is behind our own write is no wipe",
            Scene.fresh().remember(Written.Injected),
            Plan.Wait.class,
            Phase.Starting,
            Reasons.STARTING,
            WORKING),
        row(
            "a rollout that goes on",
            Scene.monitoring().rollout(new Rollout(false, false, "1 of 3")),
            Plan.Keep.class,
            Phase.Starting,
            Reasons.ROLLOUT_IN_PROGRESS,
            WORKING),
        row(
            "a rollout that waits for a person",
            Scene.monitoring().rollout(new Rollout(false, true, "1 of 3")),
            Plan.Keep.class,
            Phase.Starting,
            Reasons.WAITING_FOR_RESTART,
            WORKING),
        row(
            "monitoring",
            Scene.monitoring(),
            Plan.Keep.class,
            Phase.Monitoring,
            Reasons.MONITORING,
            SETTLED),
        row(
            "monitoring with no replica",
            Scene.monitoring().noPods(),
            Plan.Keep.class,
            Phase.Monitoring,
            Reasons.MONITORING,
            SETTLED),
        row(
            "a slow pull is no error",
            Scene.monitoring()
                .pod("checkout-1", p -> p.sidecarWaits("ContainerCreating", ""))
                .remember()
                .at(Duration.ofMinutes(4)),
            Plan.Keep.class,
            Phase.Monitoring,
            Reasons.MONITORING,
            SETTLED),
        row(
            "an image that cannot be pulled for a minute is not yet one",
            pullError().remember().at(Duration.ofSeconds(170)),
            Plan.Keep.class,
            Phase.Monitoring,
            Reasons.MONITORING,
            SETTLED));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("cases")
  void theFirstThatIsTrueDecides(
      String name,
      Scene scene,
      Class<? extends Plan> plan,
      Phase phase,
      String reason,
      String kstatus) {
    assertThat(scene.plan()).isInstanceOf(plan);
    CrashMonitorSessionStatus status = scene.status();
    assertThat(status.phase()).isEqualTo(phase);
    Condition ready = condition(status, ConditionTypes.READY);
    assertThat(ready.getReason()).isEqualTo(reason);
    assertThat(
            ready.getStatus()
                + " "
                + condition(status, ConditionTypes.RECONCILING).getStatus()
                + " "
                + condition(status, ConditionTypes.STALLED).getStatus())
        .as("Ready Reconciling Stalled")
        .isEqualTo(kstatus);
    assertThat(status.conditions())
        .extracting(Condition::getType)
        .containsExactlyElementsOf(ConditionTypes.ALL);
    assertThat(status.conditions()).allSatisfy(c -> assertThat(c.getMessage()).isNotBlank());
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("cases")
  void theSameObservationGivesTheSameStatus(
      String name,
      Scene scene,
      Class<? extends Plan> plan,
      Phase phase,
      String reason,
      String kstatus) {
    CrashMonitorSessionStatus first = scene.status();
    assertThat(scene.remember().status().conditions()).isEqualTo(first.conditions());
  }

  private static Arguments row(
      String name,
      Scene scene,
      Class<? extends Plan> plan,
      Phase phase,
      String reason,
      String kstatus) {
    return Arguments.of(name, scene, plan, phase, reason, kstatus);
  }

  private static Scene pullError() {
    return Scene.monitoring()
        .pod("checkout-1", p -> p.sidecarWaits("ImagePullBackOff", "no such image"));
  }

  private static Scene failed() {
    return pullError().remember().at(Duration.ofMinutes(5)).remember();
  }

  private static Scene wipedTimes(int heals) {
    Scene scene = Scene.monitoring();
    for (int i = 0; i < heals; i++) {
      scene.at(Duration.ofMinutes(3 + i)).remember(Written.Healed);
    }
    return scene.at(Duration.ofMinutes(10)).wiped().noPods();
  }

  private static Condition condition(CrashMonitorSessionStatus status, String type) {
    return Conditions.find(status.conditions(), type).orElseThrow();
  }
}
