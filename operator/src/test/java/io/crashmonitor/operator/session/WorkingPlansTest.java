package io.crashmonitor.operator.session;

import io.crashmonitor.api.Phase;
import io.crashmonitor.api.Reasons;
import io.crashmonitor.operator.inject.Rollout;
import io.crashmonitor.operator.session.SessionStatusFactory.Written;
import io.crashmonitor.operator.storage.StorageFault;
import java.time.Duration;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.Arguments;

/** Plans from a missing target to monitoring. */
class WorkingPlansTest extends PlanCases {
  static Stream<Arguments> cases() {
    return pendingToMonitoring();
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
}
