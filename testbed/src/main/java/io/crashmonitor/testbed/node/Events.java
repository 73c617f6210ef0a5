package io.crashmonitor.testbed.node;

import io.fabric8.kubernetes.api.model.EventBuilder;
import io.fabric8.kubernetes.api.model.MicroTime;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Clock;
import java.util.HashSet;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells what happened to one pod, each thing once. */
final class Events {
  private static final Logger LOG = LoggerFactory.getLogger(Events.class);
  private static final String COMPONENT = "kubelet";

  private final KubernetesClient client;
  private final Pod pod;
  private final Clock clock;
  private final Set<String> told = new HashSet<>();

  Events(KubernetesClient client, Pod pod, Clock clock) {
    this.client = client;
    this.pod = pod;
    this.clock = clock;
  }

  void normal(String container, String reason, String message) {
    tell("Normal", container, reason, message);
  }

  void warning(String container, String reason, String message) {
    tell("Warning", container, reason, message);
  }

  private synchronized void tell(String type, String container, String reason, String message) {
    if (!told.add(container + "/" + reason + "/" + message)) {
      return;
    }
    LOG.debug("{}/{} {}: {}", pod.getMetadata().getName(), container, reason, message);
    String now = clock.instant().toString();
    String field = container.isEmpty() ? null : "spec.containers{" + container + "}";
    try {
      client
          .resource(
              new EventBuilder()
                  .withNewMetadata()
                  .withGenerateName(pod.getMetadata().getName() + ".")
                  .withNamespace(pod.getMetadata().getNamespace())
                  .endMetadata()
                  .withType(type)
                  .withReason(reason)
                  .withMessage(message)
                  .withNewInvolvedObject()
                  .withApiVersion("v1")
                  .withKind("Pod")
                  .withNamespace(pod.getMetadata().getNamespace())
                  .withName(pod.getMetadata().getName())
                  .withUid(pod.getMetadata().getUid())
                  .withFieldPath(field)
                  .endInvolvedObject()
                  .withNewSource(COMPONENT, pod.getSpec().getNodeName())
                  .withReportingComponent(COMPONENT)
                  .withReportingInstance(pod.getSpec().getNodeName())
                  .withFirstTimestamp(now)
                  .withLastTimestamp(now)
                  .withEventTime((MicroTime) null)
                  .withCount(1)
                  .build())
          .create();
    } catch (KubernetesClientException e) {
      LOG.debug("No event {} for {}: {}", reason, pod.getMetadata().getName(), e.getMessage());
    }
  }
}
