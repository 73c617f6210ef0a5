package io.crashmonitor.operator.session;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.crashmonitor.agent.AgentProtocol;
import io.crashmonitor.api.CrashMonitorSession;
import io.crashmonitor.api.CrashMonitorSessionSpec;
import io.crashmonitor.api.CrashMonitorSessionStatus;
import io.crashmonitor.api.Reasons;
import java.io.UncheckedIOException;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;

/**
 * What the definition in the cluster lacks of the fields that this operator knows. One that is
 * older than the operator refuses a status with a field that it does not know, whole. Pure.
 *
 * @param missing paths such as {@code status.recentCrashes.exceptionSource}; what lies within a
 *     missing field is not named
 */
record ServedFields(Set<String> missing) {
  /** Nothing is missing, or nobody knows. */
  static final ServedFields ALL = new ServedFields(Set.of());

  /** How long what is missing is believed to be missing. */
  static final Duration LOOK_AGAIN = Duration.ofMinutes(1);

  private static final int NAMED = 10;

  ServedFields {
    missing = Set.copyOf(missing);
  }

  /**
   * @param openApi the API server's description of the group and version
   * @return empty where it does not describe sessions
   */
  static Optional<ServedFields> of(JsonNode openApi) {
    return StreamSupport.stream(openApi.path("components").path("schemas").spliterator(), false)
        .filter(ServedFields::isSession)
        .map(schema -> schema.path("properties"))
        .filter(fields -> tellsFields(fields.path("spec")) && tellsFields(fields.path("status")))
        .findFirst()
        .map(
            fields -> {
              Set<String> missing = new TreeSet<>();
              compare("spec", CrashMonitorSessionSpec.class, fields.path("spec"), missing);
              compare("status", CrashMonitorSessionStatus.class, fields.path("status"), missing);
              return new ServedFields(missing);
            });
  }

  /** The status without what the definition does not know. */
  CrashMonitorSessionStatus fit(CrashMonitorSessionStatus status) {
    if (missing.isEmpty()) {
      return status;
    }
    JsonNode tree = AgentProtocol.mapper().valueToTree(status);
    prune("status", tree);
    try {
      return AgentProtocol.mapper().treeToValue(tree, CrashMonitorSessionStatus.class);
    } catch (JsonProcessingException e) {
      throw new UncheckedIOException("A status without some of its fields is no status", e);
    }
  }

  /** What to tell of it; empty while nothing is missing. */
  Optional<Note> note() {
    if (missing.isEmpty()) {
      return Optional.empty();
    }
    List<String> sorted = missing.stream().sorted().toList();
    String named = sorted.stream().limit(NAMED).collect(Collectors.joining(", "));
    int more = sorted.size() - NAMED;
    return Optional.of(
        new Note(
            Reasons.DEFINITION_OUTDATED,
            "The CustomResourceDefinition in the cluster is older than the operator and lacks "
                + named
                + (more > 0 ? " and " + more + " more" : "")
                + ": the operator goes on without. Have a cluster administrator apply the one of"
                + " the operator's version (kubectl apply --server-side -f"
                + " crds/crashmonitorsessions.yaml)"));
  }

  private static boolean isSession(JsonNode schema) {
    return StreamSupport.stream(schema.path("x-kubernetes-group-version-kind").spliterator(), false)
        .anyMatch(
            kind ->
                kind.path("group").asText().equals(CrashMonitorSession.GROUP)
                    && kind.path("version").asText().equals(CrashMonitorSession.VERSION)
                    && kind.path("kind").asText().equals(CrashMonitorSession.KIND));
  }

  /** Whether it tells the fields within. One that tells none takes any, or is not understood. */
  private static boolean tellsFields(JsonNode schema) {
    return schema.path("properties").isObject();
  }

  private static void compare(String path, Class<?> type, JsonNode schema, Set<String> missing) {
    if (schema.isMissingNode()) {
      missing.add(path);
    } else if (type.isRecord()
        && tellsFields(schema)
        && !schema.path("x-kubernetes-preserve-unknown-fields").asBoolean()) {
      for (RecordComponent field : type.getRecordComponents()) {
        JsonNode served = schema.path("properties").path(field.getName());
        boolean list = field.getType() == List.class;
        compare(
            path + "." + field.getName(),
            list ? element(field) : field.getType(),
            list && served.has("items") ? served.path("items") : served,
            missing);
      }
    }
  }

  private static Class<?> element(RecordComponent list) {
    return (Class<?>) ((ParameterizedType) list.getGenericType()).getActualTypeArguments()[0];
  }

  private void prune(String path, JsonNode node) {
    if (node.isArray()) {
      node.forEach(element -> prune(path, element));
    }
    if (node instanceof ObjectNode fields) {
      List<String> names = new ArrayList<>();
      fields.fieldNames().forEachRemaining(names::add);
      for (String name : names) {
        String field = path + "." + name;
        if (missing.contains(field)) {
          fields.remove(name);
        } else {
          prune(field, fields.get(name));
        }
      }
    }
  }
}
