package io.crashmonitor.operator.inject;

import io.crashmonitor.api.CaptureEngine;
import io.crashmonitor.api.Names;
import io.crashmonitor.report.ExitCode;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerState;
import io.fabric8.kubernetes.api.model.ContainerStateTerminated;
import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.Pod;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What is read of a pod that carries the sidecar.
 *
 * @param container the app's, as the sidecar in this very pod was told; empty when unknown
 * @param engine that the pod was injected for: ProcDump or CreateDump
 * @param image of the app's container
 * @param imageId the same with its digest, as the node runs it; empty when unknown
 * @param deletionRequestedAt when somebody asked for its end; what ends after it is no crash
 * @param remoteDebugging its owner asked monitoring to step back for a debugger
 * @param sidecarRunningSince when the present instance of the sidecar started
 * @param waiting containers that cannot run, in the kubelet's words
 * @param terminations of the app's container, oldest first; at most the last two are known
 * @param attached the condition that the operator keeps on the pod; empty before the first word
 */
public record InjectedPod(
    String name,
    String uid,
    String node,
    String container,
    CaptureEngine engine,
    String image,
    Optional<String> imageId,
    Instant createdAt,
    Optional<Instant> deletionRequestedAt,
    boolean remoteDebugging,
    Optional<Instant> sidecarRunningSince,
    int sidecarRestarts,
    List<Waiting> waiting,
    List<Termination> terminations,
    Optional<Attached> attached) {

  /** A container that cannot run. */
  public record Waiting(String container, String reason, String message) {}

  /** What the pod's condition says of the debugger. */
  public record Attached(boolean attached, String reason, String message, Instant since) {}

  /** Reads a pod; {@code container} is used where the pod does not say it itself. */
  public static InjectedPod of(Pod pod, String container) {
    var meta = pod.getMetadata();
    String watched = watchedContainer(pod).orElse(container);
    Optional<ContainerStatus> sidecar =
        pod.getStatus() == null
            ? Optional.empty()
            : find(pod.getStatus().getInitContainerStatuses(), Names.SIDECAR);
    Optional<ContainerStatus> app =
        pod.getStatus() == null
            ? Optional.empty()
            : find(pod.getStatus().getContainerStatuses(), watched);
    return new InjectedPod(
        meta.getName(),
        meta.getUid(),
        pod.getSpec().getNodeName() == null ? "" : pod.getSpec().getNodeName(),
        watched,
        engine(pod),
        pod.getSpec().getContainers().stream()
            .filter(c -> c.getName().equals(watched))
            .map(Container::getImage)
            .findFirst()
            .orElse(""),
        app.map(ContainerStatus::getImageID).filter(id -> !id.isEmpty()),
        Instant.parse(meta.getCreationTimestamp()),
        deletionRequestedAt(pod),
        meta.getAnnotations() != null
            && "true".equals(meta.getAnnotations().get(Names.REMOTE_DEBUGGING)),
        sidecar
            .map(ContainerStatus::getState)
            .map(ContainerState::getRunning)
            .map(r -> r.getStartedAt())
            .map(Instant::parse),
        sidecar.map(ContainerStatus::getRestartCount).orElse(0),
        Stream.of(sidecar, app).flatMap(Optional::stream).flatMap(InjectedPod::waiting).toList(),
        app.map(InjectedPod::terminations).orElse(List.of()),
        attached(pod));
  }

  /**
   * Whether the app's container last ended by an exception of its own, not because it was killed.
   */
  public boolean diedOfAnException() {
    return !terminations.isEmpty()
        && terminations.get(terminations.size() - 1).exitCode().isException();
  }

  /** Whether somebody asked for the end of the pod. */
  public boolean deleting() {
    return deletionRequestedAt.isPresent();
  }

  private static Optional<String> watchedContainer(Pod pod) {
    return pod.getSpec().getInitContainers().stream()
        .filter(c -> Names.SIDECAR.equals(c.getName()))
        .flatMap(c -> c.getEnv().stream())
        .filter(e -> Names.ENV_CONTAINER.equals(e.getName()) && e.getValue() != null)
        .map(e -> e.getValue())
        .findFirst();
  }

  /** Of the sidecar in this very pod: pods of an older template go on as they began. */
  public static CaptureEngine engine(Pod pod) {
    return pod.getSpec().getInitContainers().stream()
        .filter(c -> Names.SIDECAR.equals(c.getName()))
        .findFirst()
        .map(SidecarContainer::engine)
        .orElse(CaptureEngine.ProcDump);
  }

  private static Optional<ContainerStatus> find(List<ContainerStatus> statuses, String name) {
    return statuses.stream().filter(s -> s.getName().equals(name)).findFirst();
  }

  private static Optional<Instant> deletionRequestedAt(Pod pod) {
    var meta = pod.getMetadata();
    if (meta.getDeletionTimestamp() == null) {
      return Optional.empty();
    }
    // The API server writes when the pod will be gone: the request plus its grace period.
    long grace =
        meta.getDeletionGracePeriodSeconds() == null ? 0 : meta.getDeletionGracePeriodSeconds();
    return Optional.of(Instant.parse(meta.getDeletionTimestamp()).minus(Duration.ofSeconds(grace)));
  }

  private static Stream<Waiting> waiting(ContainerStatus status) {
    var waiting = status.getState() == null ? null : status.getState().getWaiting();
    return waiting == null || waiting.getReason() == null
        ? Stream.empty()
        : Stream.of(
            new Waiting(
                status.getName(),
                waiting.getReason(),
                waiting.getMessage() == null ? "" : waiting.getMessage()));
  }

  private static List<Termination> terminations(ContainerStatus status) {
    List<Termination> ends = new ArrayList<>();
    int restarts = status.getRestartCount() == null ? 0 : status.getRestartCount();
    if (status.getLastState() != null && status.getLastState().getTerminated() != null) {
      termination(status.getLastState().getTerminated(), Math.max(0, restarts - 1))
          .ifPresent(ends::add);
    }
    if (status.getState() != null && status.getState().getTerminated() != null) {
      termination(status.getState().getTerminated(), restarts).ifPresent(ends::add);
    }
    return ends;
  }

  private static Optional<Termination> termination(ContainerStateTerminated t, int restarts) {
    if (t.getStartedAt() == null || t.getFinishedAt() == null || t.getExitCode() == null) {
      // A container that was never started, such as one whose image did not fit the node.
      return Optional.empty();
    }
    return Optional.of(
        new Termination(
            Instant.parse(t.getStartedAt()),
            Instant.parse(t.getFinishedAt()),
            new ExitCode(t.getExitCode()),
            restarts,
            t.getReason() == null ? "" : t.getReason()));
  }

  private static Optional<Attached> attached(Pod pod) {
    if (pod.getStatus() == null) {
      return Optional.empty();
    }
    return pod.getStatus().getConditions().stream()
        .filter(c -> Names.POD_ATTACHED_CONDITION.equals(c.getType()))
        .findFirst()
        .map(
            c ->
                new Attached(
                    "True".equals(c.getStatus()),
                    c.getReason() == null ? "" : c.getReason(),
                    c.getMessage() == null ? "" : c.getMessage(),
                    c.getLastTransitionTime() == null
                        ? Instant.EPOCH
                        : Instant.parse(c.getLastTransitionTime())));
  }
}
