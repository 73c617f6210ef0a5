package io.crashmonitor.operator.session;

import io.crashmonitor.api.Names;
import io.crashmonitor.api.Phase;
import io.crashmonitor.api.Reasons;
import io.crashmonitor.operator.storage.StorageFault;
import java.time.Duration;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.Arguments;

/** Plans of sessions that are over, not begun or held up. */
class CompletedAndBlockedPlansTest extends PlanCases {
  static Stream<Arguments> cases() {
    return Stream.concat(completedAndScheduled(), blocked());
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
            Scene.monitoring().pod("checkout-1", ScenePod::debugged),
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
}
