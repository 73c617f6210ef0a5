package io.crashmonitor.testbed.node;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Map;

/**
 * What a kubelet looks up for a pod, for nodes of another kind: its volumes as folders of this
 * machine, and the environment of its containers.
 */
public final class PodInputs {
  private final PodVolumes volumes;
  private final Environments environments;

  private PodInputs(PodVolumes volumes, Environments environments) {
    this.volumes = volumes;
    this.environments = environments;
  }

  /**
   * @param client may do what a kubelet may
   * @param folder the pod's own; its volumes are made in there
   */
  public static PodInputs of(
      KubernetesClient client, Pod pod, String podIp, Path folder, Clock clock) {
    ApiObjects objects = new ApiObjects(client, pod);
    return new PodInputs(
        new PodVolumes(
            pod.getSpec().getVolumes(),
            folder,
            new VolumeContent(pod, podIp, objects, clock::millis)),
        new Environments(pod, podIp, objects));
  }

  /**
   * Makes the volumes, or brings their content up to date.
   *
   * @throws RuntimeException naming the object that is missing
   */
  public void update() {
    volumes.update();
  }

  /** Where a volume is on this machine. */
  public Path volume(String name) {
    return volumes.path(name);
  }

  /**
   * A container's variables, with everything looked up.
   *
   * @param base what is set before the container's own
   */
  public Map<String, String> environment(Container container, Map<String, String> base) {
    return environments.of(container, base);
  }

  public void delete() {
    volumes.delete();
  }
}
