package io.crashmonitor.testbed.node;

import io.fabric8.kubernetes.api.model.ObjectMeta;
import java.nio.file.Path;

/**
 * Where the output of containers is: {@code logs/<namespace>_<pod>_<uid>/<container>/<run>.log}.
 */
final class LogFiles {
  private LogFiles() {}

  static Path file(Path node, ObjectMeta pod, String container, int run) {
    return node.resolve("logs")
        .resolve(pod.getNamespace() + "_" + pod.getName() + "_" + pod.getUid())
        .resolve(container)
        .resolve(run + ".log");
  }
}
