package io.crashmonitor.testbed.node;

import io.fabric8.kubernetes.api.model.DeleteOptionsBuilder;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.PodCondition;
import io.fabric8.kubernetes.api.model.PodStatus;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.net.HttpURLConnection;
import java.time.Clock;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Writes one pod's status, when it differs from what was written before. */
final class StatusWriter {
  private static final Logger LOG = LoggerFactory.getLogger(StatusWriter.class);

  private final KubernetesClient client;
  private final ObjectMeta pod;
  private final Clock clock;
  private List<PodCondition> conditions;
  private String written = "";

  StatusWriter(KubernetesClient client, Pod pod, Clock clock) {
    this.client = client;
    this.pod = pod.getMetadata();
    this.clock = clock;
    this.conditions = pod.getStatus() == null ? List.of() : pod.getStatus().getConditions();
  }

  /** Failures are logged; the next change brings everything up to date. */
  void write(PodView view) {
    PodStatus status = PodStatuses.compute(view, conditions, clock.instant());
    conditions = status.getConditions();
    // A strategic merge: conditions are merged by their type, so those of others stay. The uid
    // makes the server refuse it for another pod of the same name.
    String patch =
        Serialization.asJson(
            new PodBuilder()
                .withNewMetadata()
                .withUid(pod.getUid())
                .endMetadata()
                .withStatus(status)
                .build());
    if (patch.equals(written)) {
      return;
    }
    try {
      client
          .pods()
          .inNamespace(pod.getNamespace())
          .withName(pod.getName())
          .subresource("status")
          .patch(PatchContext.of(PatchType.STRATEGIC_MERGE), patch);
      written = patch;
    } catch (KubernetesClientException e) {
      if (e.getCode() != HttpURLConnection.HTTP_NOT_FOUND
          && e.getCode() != HttpURLConnection.HTTP_CONFLICT) {
        LOG.warn("Cannot write the status of pod {}: {}", pod.getName(), e.getMessage());
      }
    }
  }

  /** The pod's end: removes it from the API, if it is still this one. */
  void delete() {
    try {
      client.raw(
          "/api/v1/namespaces/%s/pods/%s".formatted(pod.getNamespace(), pod.getName()),
          "DELETE",
          new DeleteOptionsBuilder()
              .withGracePeriodSeconds(0L)
              .withNewPreconditions(null, pod.getUid())
              .build());
    } catch (KubernetesClientException e) {
      if (e.getCode() != HttpURLConnection.HTTP_NOT_FOUND
          && e.getCode() != HttpURLConnection.HTTP_CONFLICT) {
        LOG.warn("Cannot remove pod {}: {}", pod.getName(), e.getMessage());
      }
    }
  }
}
