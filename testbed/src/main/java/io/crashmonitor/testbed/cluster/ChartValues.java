package io.crashmonitor.testbed.cluster;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Map;
import java.util.TreeMap;

/** An operator's environment in the words of the chart. */
final class ChartValues {
  private static final ObjectMapper JSON = new ObjectMapper();

  private ChartValues() {}

  /**
   * @param environment of the operator; what the chart has no value for becomes {@code extraEnv}
   * @return a values file
   */
  static String of(Map<String, String> environment, PodHost host) {
    ObjectNode values = JSON.createObjectNode();
    image(values.putObject("image"), host.image());
    values.putObject("agent").put("port", host.agentPort());
    values.putObject("health").put("port", host.healthPort());
    ArrayNode more = values.putArray("extraEnv");
    new TreeMap<>(environment)
        .forEach(
            (name, value) -> {
              if (!set(values, name, value)) {
                more.addObject().put("name", name).put("value", value);
              }
            });
    return values.toPrettyString();
  }

  private static boolean set(ObjectNode values, String name, String value) {
    switch (name) {
      case "CRASH_MONITOR_WATCH_NAMESPACES" -> list(values.putArray("watchNamespaces"), value);
      case "CRASH_MONITOR_SIDECAR_IMAGE" -> image(values.withObject("/sidecar/image"), value);
      case "CRASH_MONITOR_BLOB_ENDPOINTS" ->
          pairs(values.withObject("/storage/allowedEndpoints"), value);
      case "CRASH_MONITOR_STORAGE_POLL_SECONDS" ->
          values.withObject("/storage").put("pollSeconds", Integer.parseInt(value));
      case "CRASH_MONITOR_ACCEPT_PROCDUMP_LICENCE" ->
          values.withObject("/procdump").put("acceptLicence", Boolean.parseBoolean(value));
      default -> {
        return false;
      }
    }
    return true;
  }

  private static void image(ObjectNode image, String reference) {
    int colon = reference.lastIndexOf(':');
    image.put("repository", reference.substring(0, colon));
    image.put("tag", reference.substring(colon + 1));
  }

  private static void list(ArrayNode list, String value) {
    for (String part : value.split(",")) {
      if (!part.isEmpty()) {
        list.add(part);
      }
    }
  }

  private static void pairs(ObjectNode object, String value) {
    for (String pair : value.split(",")) {
      int equals = pair.indexOf('=');
      object.put(pair.substring(0, equals), pair.substring(equals + 1));
    }
  }
}
