package io.crashmonitor.operator.session;

import io.crashmonitor.api.Names;
import io.fabric8.kubernetes.api.model.ContainerBuilder;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

/** What the caches keep of objects that are not ours: only what is read. */
final class Slim {
  private static final String LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration";

  private Slim() {}

  static Pod pod(Pod pod) {
    return new PodBuilder()
        .withMetadata(pod.getMetadata())
        .editMetadata()
        .withManagedFields()
        .withAnnotations(ours(pod.getMetadata().getAnnotations()))
        .endMetadata()
        .withNewSpec()
        .withNodeName(pod.getSpec().getNodeName())
        .withContainers(
            pod.getSpec().getContainers().stream()
                .map(
                    c ->
                        new ContainerBuilder()
                            .withName(c.getName())
                            .withImage(c.getImage())
                            .build())
                .toList())
        .withInitContainers(
            pod.getSpec().getInitContainers().stream()
                .filter(c -> Names.SIDECAR.equals(c.getName()))
                .map(c -> new ContainerBuilder().withName(c.getName()).withEnv(c.getEnv()).build())
                .toList())
        .endSpec()
        .withStatus(pod.getStatus())
        .build();
  }

  /** A workload as it is, without what other managers wrote about it. Changes it in place. */
  static <R extends HasMetadata> R workload(R workload) {
    var meta = workload.getMetadata();
    meta.setManagedFields(
        meta.getManagedFields().stream()
            .filter(entry -> Names.FIELD_MANAGER.equals(entry.getManager()))
            .toList());
    if (meta.getAnnotations() != null && meta.getAnnotations().containsKey(LAST_APPLIED)) {
      Map<String, String> rest = new TreeMap<>(meta.getAnnotations());
      rest.remove(LAST_APPLIED);
      meta.setAnnotations(rest);
    }
    return workload;
  }

  private static Map<String, String> ours(Map<String, String> annotations) {
    Map<String, String> ours = new TreeMap<>();
    if (annotations != null && annotations.containsKey(Names.REMOTE_DEBUGGING)) {
      ours.put(
          Names.REMOTE_DEBUGGING, Objects.requireNonNull(annotations.get(Names.REMOTE_DEBUGGING)));
    }
    return ours;
  }
}
