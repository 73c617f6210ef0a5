package io.crashmonitor.testbed.node;

import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.Pod;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** The downward API: fields of a pod by their paths. */
final class PodFields {
  private static final Pattern KEYED =
      Pattern.compile("metadata\\.(labels|annotations)\\['([^']+)']");

  private PodFields() {}

  /**
   * @throws IllegalArgumentException for a path that is not known
   */
  static String value(Pod pod, String podIp, String path) {
    ObjectMeta meta = pod.getMetadata();
    Matcher keyed = KEYED.matcher(path);
    if (keyed.matches()) {
      return Optional.ofNullable(map(meta, keyed.group(1)).get(keyed.group(2))).orElse("");
    }
    return switch (path) {
      case "metadata.name" -> meta.getName();
      case "metadata.namespace" -> meta.getNamespace();
      case "metadata.uid" -> meta.getUid();
      case "metadata.labels" -> lines(meta.getLabels());
      case "metadata.annotations" -> lines(meta.getAnnotations());
      case "spec.nodeName" -> pod.getSpec().getNodeName();
      case "spec.serviceAccountName" -> pod.getSpec().getServiceAccountName();
      case "status.podIP", "status.podIPs" -> podIp;
      case "status.hostIP", "status.hostIPs" -> "127.0.0.1";
      default -> throw new IllegalArgumentException("No field of the downward API: " + path);
    };
  }

  private static Map<String, String> map(ObjectMeta meta, String which) {
    Map<String, String> values = which.equals("labels") ? meta.getLabels() : meta.getAnnotations();
    return values == null ? Map.of() : values;
  }

  private static String lines(Map<String, String> values) {
    return new TreeMap<>(values == null ? Map.of() : values)
        .entrySet().stream()
            .map(entry -> entry.getKey() + "=\"" + escape(entry.getValue()) + "\"")
            .collect(Collectors.joining("\n"));
  }

  private static String escape(String value) {
    return value.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n");
  }
}
