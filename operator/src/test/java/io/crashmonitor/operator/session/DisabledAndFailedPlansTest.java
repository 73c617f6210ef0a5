package io.crashmonitor.operator.session;

import io.crashmonitor.api.Names;
import io.crashmonitor.api.Phase;
import io.crashmonitor.api.Reasons;
import io.crashmonitor.operator.session.SessionStatusFactory.Written;
import java.time.Duration;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.Arguments;

/** Plans of sessions that have to come out. */
class DisabledAndFailedPlansTest extends PlanCases {
  static Stream<Arguments> cases() {
    return disabledAndFailed();
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
            "another engine in the spec, seen in a turn that wrote nothing, is no wipe",
            wipedTimes(3)
                .injected()
                .respec("startTime: \"2026-11-22T08:20:00Z\"\n  capture: {engine: CreateDump}")
                .remember()
                .at(Duration.ofMinutes(25)),
            Plan.Inject.class,
            Phase.Starting,
            Reasons.STARTING,
            WORKING),
        row(
            "Hook in the place of Manual, seen in a turn that wrote nothing, is no wipe",
            wipedTimes(3)
                .respec("capture: {attach: Manual}")
                .injectedWithoutHook()
                .remember(Written.Injected)
                .respec("startTime: \"2026-11-22T08:20:00Z\"")
                .remember()
                .at(Duration.ofMinutes(25)),
            Plan.Inject.class,
            Phase.Starting,
            Reasons.STARTING,
            WORKING),
        row(
            "another container, seen in a turn that wrote nothing, is no wipe",
            wipedTimes(3)
                .injected()
                .template(t -> t + "        - {name: second, image: x}\n")
                .container("second")
                .remember()
                .at(Duration.ofMinutes(25)),
            Plan.Inject.class,
            Phase.Starting,
            Reasons.STARTING,
            WORKING),
        row(
            "a part that somebody took out after the spec had changed is one",
            wipedTimes(3)
                .injectedWithoutHook()
                .respec("startTime: \"2026-11-22T08:20:00Z\"")
                .remember()
                .at(Duration.ofMinutes(25)),
            Plan.Release.class,
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
}
