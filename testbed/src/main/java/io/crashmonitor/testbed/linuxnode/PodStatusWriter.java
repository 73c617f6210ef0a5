package io.crashmonitor.testbed.linuxnode;

import io.fabric8.kubernetes.api.model.ContainerState;
import io.fabric8.kubernetes.api.model.ContainerStateBuilder;
import io.fabric8.kubernetes.api.model.DeleteOptionsBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.PodCondition;
import io.fabric8.kubernetes.api.model.PodConditionBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Writes the status of one pod with one container, when it changes. */
final class PodStatusWriter {
  static final String ADDRESS = "127.0.0.1";
  private static final Logger LOG = LoggerFactory.getLogger(PodStatusWriter.class);

  private final KubernetesClient client;
  private final Pod pod;
  private String key = "";

  PodStatusWriter(KubernetesClient client, Pod pod) {
    this.client = client;
    this.pod = pod;
  }

  void running(Instant now, boolean ready, int restarts) {
    write(
        "running " + ready + restarts,
        new ContainerStateBuilder()
            .withNewRunning(now.truncatedTo(ChronoUnit.SECONDS).toString())
            .build(),
        now,
        ready,
        restarts);
  }

  void waiting(String reason, String message, int restarts) {
    write(
        reason + message + restarts,
        new ContainerStateBuilder().withNewWaiting(message, reason).build(),
        Instant.now(),
        false,
        restarts);
  }

  private void write(String what, ContainerState state, Instant now, boolean ready, int restarts) {
    if (what.equals(key)) {
      return;
    }
    String name = pod.getSpec().getContainers().get(0).getName();
    String image = pod.getSpec().getContainers().get(0).getImage();
    String time = now.truncatedTo(ChronoUnit.SECONDS).toString();
    Pod patch =
        new PodBuilder()
            .withNewMetadata()
            .withUid(pod.getMetadata().getUid())
            .endMetadata()
            .withNewStatus()
            .withPhase("Running")
            .withHostIP(ADDRESS)
            .withPodIP(ADDRESS)
            .addNewPodIP(ADDRESS)
            .withStartTime(time)
            .withConditions(conditions(ready, time))
            .addNewContainerStatus()
            .withName(name)
            .withImage(image)
            .withImageID(image)
            .withContainerID("unshare://" + pod.getMetadata().getUid() + "-" + restarts)
            .withReady(ready)
            .withStarted(state.getRunning() != null)
            .withRestartCount(restarts)
            .withState(state)
            .endContainerStatus()
            .endStatus()
            .build();
    try {
      client
          .pods()
          .inNamespace(pod.getMetadata().getNamespace())
          .withName(pod.getMetadata().getName())
          .subresource("status")
          .patch(PatchContext.of(PatchType.STRATEGIC_MERGE), Serialization.asJson(patch));
      key = what;
    } catch (KubernetesClientException e) {
      LOG.debug("Status of pod {}: {}", pod.getMetadata().getName(), e.getMessage());
    }
  }

  /** The pod's end. */
  void delete() {
    var meta = pod.getMetadata();
    try {
      client.raw(
          "/api/v1/namespaces/%s/pods/%s".formatted(meta.getNamespace(), meta.getName()),
          "DELETE",
          new DeleteOptionsBuilder()
              .withGracePeriodSeconds(0L)
              .withNewPreconditions(null, meta.getUid())
              .build());
    } catch (KubernetesClientException e) {
      LOG.debug("Pod {} was gone: {}", meta.getName(), e.getMessage());
    }
  }

  private static List<PodCondition> conditions(boolean ready, String time) {
    return Stream.of("Initialized", "PodReadyToStartContainers", "ContainersReady", "Ready")
        .map(
            type ->
                new PodConditionBuilder()
                    .withType(type)
                    .withStatus(!type.endsWith("Ready") || ready ? "True" : "False")
                    .withLastTransitionTime(time)
                    .build())
        .toList();
  }
}
