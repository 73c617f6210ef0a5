package io.crashmonitor.testbed.node;

import io.crashmonitor.testbed.wine.WinePrefixes;
import io.fabric8.kubernetes.api.model.Pod;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.Executor;

/**
 * What the containers of one pod share.
 *
 * @param hosts the file of the cluster's names, read by JVMs
 * @param cluster variables that every container gets
 * @param wake to be run when something changed that the pod's thread is to see
 */
record PodContext(
    Pod pod,
    String podIp,
    NodeSettings settings,
    WinePrefixes prefixes,
    PodVolumes volumes,
    Environments environments,
    Events events,
    Path hosts,
    Map<String, String> cluster,
    Executor executor,
    Runnable wake) {

  String describe() {
    return "%s_%s(%s)"
        .formatted(
            pod.getMetadata().getName(),
            pod.getMetadata().getNamespace(),
            pod.getMetadata().getUid());
  }

  /** Where a container's output of its n-th run is, runs counted from 0. */
  Path log(String container, int run) {
    return LogFiles.file(settings.folder(), pod.getMetadata(), container, run);
  }
}
