package io.crashmonitor.testbed.node;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What is to be done next for a pod, by the kubelet's rules. */
final class PodPlanner {
  private PodPlanner() {}

  /** The next thing to do. */
  sealed interface Step {
    /** Start this container now, and ask again. */
    record Start(String container) implements Step {}

    /** Nothing can be done before that time, or before something changes. */
    record WaitUntil(Optional<Instant> time) implements Step {}

    /** All app containers have ended for good: stop the sidecars, then the pod has this phase. */
    record Finish(boolean succeeded) implements Step {}
  }

  /**
   * @param containers init containers and sidecars in their order, then the app containers
   * @param initialized whether the pod has come past its init containers before
   */
  static Step next(
      List<ContainerView> containers, boolean initialized, RestartPolicy policy, Instant now) {
    Optional<Boolean> end = finished(containers, policy);
    if (end.isPresent()) {
      return new Step.Finish(end.get());
    }
    List<ContainerView> startable = new ArrayList<>();
    for (ContainerView container : containers) {
      if (initialized && container.kind() == ContainerKind.INIT) {
        continue;
      }
      if (container.kind() != ContainerKind.APP && !initialized) {
        if (passed(container)) {
          continue;
        }
        startable.add(container);
        break;
      }
      startable.add(container);
    }
    List<ContainerView> due =
        startable.stream()
            .filter(container -> !container.running() && mayStart(container, policy))
            .toList();
    return due.stream()
        .filter(container -> !container.notBefore().isAfter(now))
        .findFirst()
        .<Step>map(container -> new Step.Start(container.name()))
        .orElseGet(
            () ->
                new Step.WaitUntil(
                    due.stream().map(ContainerView::notBefore).min(Instant::compareTo)));
  }

  /** Whether all init containers have ended well and all sidecars are up. */
  static boolean initialized(List<ContainerView> containers) {
    return containers.stream()
        .filter(container -> container.kind() != ContainerKind.APP)
        .allMatch(PodPlanner::passed);
  }

  private static boolean passed(ContainerView container) {
    return switch (container.kind()) {
      case INIT -> container.ended().map(ContainerPhase.Terminated::succeeded).orElse(false);
      case SIDECAR -> container.running() && container.started();
      case APP -> false;
    };
  }

  private static boolean mayStart(ContainerView container, RestartPolicy policy) {
    return container
        .ended()
        .map(end -> policy.restarts(container.kind(), end.succeeded()))
        .orElse(true);
  }

  private static Optional<Boolean> finished(List<ContainerView> containers, RestartPolicy policy) {
    boolean initFailed =
        containers.stream()
            .anyMatch(c -> c.kind() == ContainerKind.INIT && endedForGood(c, policy) && !ok(c));
    if (initFailed) {
      return Optional.of(false);
    }
    List<ContainerView> apps =
        containers.stream().filter(c -> c.kind() == ContainerKind.APP).toList();
    return apps.stream().allMatch(c -> endedForGood(c, policy))
        ? Optional.of(apps.stream().allMatch(PodPlanner::ok))
        : Optional.empty();
  }

  private static boolean endedForGood(ContainerView container, RestartPolicy policy) {
    return container
        .ended()
        .map(end -> !policy.restarts(container.kind(), end.succeeded()))
        .orElse(false);
  }

  private static boolean ok(ContainerView container) {
    return container.ended().map(ContainerPhase.Terminated::succeeded).orElse(false);
  }
}
