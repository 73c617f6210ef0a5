package io.crashmonitor.testbed.node;

import io.fabric8.kubernetes.api.model.ObjectMeta;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * Where the output of containers is: {@code logs/<namespace>_<pod>_<uid>/<container>/<run>.log}.
 */
final class LogFiles {
  private LogFiles() {}

  static Path file(Path node, ObjectMeta pod, String container, int run) {
    return folder(node, pod, container).resolve(run + ".log");
  }

  static Path folder(Path node, ObjectMeta pod, String container) {
    return node.resolve("logs").resolve(name(pod)).resolve(container);
  }

  /** The name of the folder of a pod's logs. */
  static String name(ObjectMeta pod) {
    return pod.getNamespace() + "_" + pod.getName() + "_" + pod.getUid();
  }

  /** The runs that have a log in that folder, oldest first. */
  static List<Integer> runs(Path folder) {
    if (!Files.isDirectory(folder)) {
      return List.of();
    }
    try (Stream<Path> files = Files.list(folder)) {
      return files
          .map(file -> file.getFileName().toString())
          .filter(name -> name.matches("[0-9]+\\.log"))
          .map(name -> Integer.valueOf(name.substring(0, name.length() - ".log".length())))
          .sorted()
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot list " + folder, e);
    }
  }
}
