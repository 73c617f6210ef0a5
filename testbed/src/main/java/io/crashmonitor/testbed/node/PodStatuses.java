package io.crashmonitor.testbed.node;

import io.crashmonitor.testbed.node.ContainerPhase.Running;
import io.crashmonitor.testbed.node.ContainerPhase.Terminated;
import io.crashmonitor.testbed.node.ContainerPhase.Waiting;
import io.fabric8.kubernetes.api.model.ContainerState;
import io.fabric8.kubernetes.api.model.ContainerStateBuilder;
import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.ContainerStatusBuilder;
import io.fabric8.kubernetes.api.model.PodCondition;
import io.fabric8.kubernetes.api.model.PodConditionBuilder;
import io.fabric8.kubernetes.api.model.PodStatus;
import io.fabric8.kubernetes.api.model.PodStatusBuilder;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * What the node says about a pod: only what a kubelet owns. Conditions of others are not in it, and
 * stay where it is applied as a strategic merge patch.
 */
final class PodStatuses {
  private PodStatuses() {}

  /**
   * @param before the conditions there are: whose status stays the same keeps its transition time
   */
  static PodStatus compute(PodView pod, List<PodCondition> before, Instant now) {
    return new PodStatusBuilder()
        .withPhase(phase(pod))
        .withConditions(conditions(pod, before, now))
        .withStartTime(time(pod.startTime()))
        .withHostIP(pod.hostIp())
        .addNewHostIP(pod.hostIp())
        .withPodIP(pod.podIp())
        .addNewPodIP(pod.podIp())
        .withInitContainerStatuses(statuses(pod, kind -> kind != ContainerKind.APP))
        .withContainerStatuses(statuses(pod, kind -> kind == ContainerKind.APP))
        .build();
  }

  static String phase(PodView pod) {
    if (pod.finished().isPresent()) {
      return pod.finished().get() ? "Succeeded" : "Failed";
    }
    List<ContainerView> apps = apps(pod);
    boolean waitsForItsFirstStart =
        apps.stream().anyMatch(c -> !c.running() && c.ended().isEmpty());
    return !pod.initialized() || waitsForItsFirstStart ? "Pending" : "Running";
  }

  private static List<PodCondition> conditions(
      PodView pod, List<PodCondition> before, Instant now) {
    Map<String, PodCondition> old =
        before.stream()
            .collect(Collectors.toMap(PodCondition::getType, Function.identity(), (a, b) -> b));
    List<String> notReady = names(pod, c -> !c.ready() && c.kind() != ContainerKind.INIT);
    List<String> notInitialized =
        names(pod, c -> c.kind() != ContainerKind.APP && !c.started() && !endedWell(c));
    boolean ready = notReady.isEmpty() && pod.initialized() && !pod.terminating();
    Optional<String> completed = pod.finished().filter(good -> good).map(good -> "PodCompleted");
    Trouble unready =
        new Trouble(
            completed.orElse("ContainersNotReady"),
            completed.isPresent() ? "" : "containers with unready status: " + notReady);
    Trouble uninitialized =
        new Trouble(
            "ContainersNotInitialized", "containers with incomplete status: " + notInitialized);
    return List.of(
        condition("PodReadyToStartContainers", !pod.terminating(), Trouble.NONE, old, now),
        condition("Initialized", pod.initialized(), uninitialized, old, now),
        condition("ContainersReady", ready, unready, old, now),
        condition("Ready", ready, unready, old, now));
  }

  private record Trouble(String reason, String message) {
    static final Trouble NONE = new Trouble("", "");
  }

  private static PodCondition condition(
      String type, boolean holds, Trouble trouble, Map<String, PodCondition> old, Instant now) {
    String status = holds ? "True" : "False";
    String since =
        Optional.ofNullable(old.get(type))
            .filter(condition -> status.equals(condition.getStatus()))
            .map(PodCondition::getLastTransitionTime)
            .orElse(time(now));
    return new PodConditionBuilder()
        .withType(type)
        .withStatus(status)
        .withLastTransitionTime(since)
        .withReason(holds ? "" : trouble.reason())
        .withMessage(holds ? "" : trouble.message())
        .build();
  }

  private static List<ContainerStatus> statuses(PodView pod, Predicate<ContainerKind> which) {
    return pod.containers().stream()
        .filter(container -> which.test(container.kind()))
        .map(PodStatuses::status)
        .toList();
  }

  private static ContainerStatus status(ContainerView container) {
    return new ContainerStatusBuilder()
        .withName(container.name())
        .withImage(container.image())
        .withImageID(container.imageId())
        .withContainerID(containerId(container))
        .withState(state(container.phase()))
        .withLastState(container.last().map(PodStatuses::state).orElse(new ContainerState()))
        .withRestartCount(container.restarts())
        .withStarted(container.started())
        .withReady(container.ready())
        .build();
  }

  private static String containerId(ContainerView container) {
    if (container.phase() instanceof Running running) {
      return running.containerId();
    }
    return container.ended().map(Terminated::containerId).orElse(null);
  }

  private static ContainerState state(ContainerPhase phase) {
    ContainerStateBuilder state = new ContainerStateBuilder();
    if (phase instanceof Waiting waiting) {
      state
          .withNewWaiting()
          .withReason(waiting.reason())
          .withMessage(waiting.message().isEmpty() ? null : waiting.message())
          .endWaiting();
    } else if (phase instanceof Running running) {
      state.withNewRunning(time(running.startedAt()));
    } else if (phase instanceof Terminated ended) {
      state
          .withNewTerminated()
          .withExitCode(ended.exitCode())
          .withReason(ended.reason())
          .withStartedAt(time(ended.startedAt()))
          .withFinishedAt(time(ended.finishedAt()))
          .withContainerID(ended.containerId())
          .endTerminated();
    }
    return state.build();
  }

  private static List<ContainerView> apps(PodView pod) {
    return pod.containers().stream().filter(c -> c.kind() == ContainerKind.APP).toList();
  }

  private static List<String> names(PodView pod, Predicate<ContainerView> which) {
    return pod.containers().stream().filter(which).map(ContainerView::name).toList();
  }

  private static boolean endedWell(ContainerView container) {
    return container.ended().map(Terminated::succeeded).orElse(false);
  }

  /** Kubernetes keeps times of a status to the second. */
  private static String time(Instant instant) {
    return instant.truncatedTo(ChronoUnit.SECONDS).toString();
  }
}
