package io.crashmonitor.operator.console;

import io.fabric8.kubernetes.api.model.ContainerState;
import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.net.HttpURLConnection;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/** Reads logs through the API server: {@code pods/log}, the verb get. */
public final class KubernetesContainerLogs implements ContainerLogs {
  /** The kubelet counts from the first of the lines, so it must be more than will be kept. */
  static final int LIMIT_BYTES = 1024 * 1024;

  /** Answers that do not change by asking again. */
  private static final Set<Integer> FINAL =
      Set.of(
          HttpURLConnection.HTTP_BAD_REQUEST,
          HttpURLConnection.HTTP_FORBIDDEN,
          HttpURLConnection.HTTP_NOT_FOUND);

  private final KubernetesClient client;

  /**
   * @param client its request time-out bounds each call
   */
  public KubernetesContainerLogs(KubernetesClient client) {
    this.client = client;
  }

  @Override
  public Answer previous(EndedInstance instance, int lines) {
    try {
      // Looked at on both sides: what was the last to end before and after is it in between.
      Optional<Answer> wrong = isLastEnded(instance);
      if (wrong.isPresent()) {
        return wrong.get();
      }
      String text = client.raw(path(instance, lines));
      return isLastEnded(instance)
          .orElseGet(() -> text == null ? new Answer.Gone("no log") : new Answer.Found(text));
    } catch (KubernetesClientException e) {
      String why = "HTTP " + e.getCode();
      return FINAL.contains(e.getCode()) ? new Answer.Gone(why) : new Answer.NotYet(why);
    }
  }

  private static String path(EndedInstance i, int lines) {
    return "/api/v1/namespaces/%s/pods/%s/log?container=%s&previous=true&tailLines=%d&limitBytes=%d"
        .formatted(i.namespace(), i.pod(), i.container(), lines, LIMIT_BYTES);
  }

  /** Empty when {@code previous} means exactly this instance. */
  private Optional<Answer> isLastEnded(EndedInstance instance) {
    Pod pod = client.pods().inNamespace(instance.namespace()).withName(instance.pod()).get();
    if (pod == null || !instance.podUid().equals(pod.getMetadata().getUid())) {
      return Optional.of(new Answer.Gone("the pod is gone"));
    }
    Optional<ContainerStatus> status =
        pod.getStatus().getContainerStatuses().stream()
            .filter(s -> s.getName().equals(instance.container()))
            .findFirst();
    if (ended(status, ContainerStatus::getLastState)
        .filter(instance.startedAt()::equals)
        .isPresent()) {
      return Optional.empty();
    }
    boolean justNow =
        ended(status, ContainerStatus::getState).filter(instance.startedAt()::equals).isPresent();
    return Optional.of(
        justNow
            ? new Answer.NotYet("the container has not been started again")
            : new Answer.Gone("another instance has ended since"));
  }

  private static Optional<Instant> ended(
      Optional<ContainerStatus> status, Function<ContainerStatus, ContainerState> which) {
    return status
        .map(which)
        .map(ContainerState::getTerminated)
        .map(t -> t.getStartedAt())
        .map(Instant::parse);
  }
}
