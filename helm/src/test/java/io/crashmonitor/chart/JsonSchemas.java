package io.crashmonitor.chart;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * JSON schemas that refuse unknown fields, for kubeconform and editors: of Kubernetes' own kinds
 * from what an API server publishes, of ours from its definition.
 */
final class JsonSchemas {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String QUANTITY = "io.k8s.apimachinery.pkg.api.resource.Quantity";

  /** How {@link #write} names its files, in kubeconform's words. */
  static final String LOCATION = "{{.Group}}/{{.ResourceKind}}_{{.ResourceAPIVersion}}.json";

  private JsonSchemas() {}

  /** One file per kind that the API server knows, beside the definitions they refer to. */
  static void write(KubernetesClient client, Path folder) {
    try {
      JsonNode definitions = JSON.readTree(client.raw("/openapi/v2")).path("definitions");
      definitions.forEach(JsonSchemas::close);
      ((ObjectNode) definitions).set(QUANTITY, JSON.readTree("{\"type\":[\"string\",\"number\"]}"));
      Files.createDirectories(folder);
      JSON.writeValue(
          folder.resolve("definitions.json").toFile(),
          JSON.createObjectNode().set("definitions", definitions));
      for (var definition : definitions.properties()) {
        for (JsonNode kind : definition.getValue().path("x-kubernetes-group-version-kind")) {
          writeReference(folder, kind, definition.getKey());
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot write schemas to " + folder, e);
    }
  }

  private static void writeReference(Path folder, JsonNode kind, String definition)
      throws IOException {
    String group = kind.path("group").asText();
    String version = kind.path("version").asText();
    // kubeconform takes v1, the whole of a core kind's apiVersion, for its group.
    Path file =
        folder
            .resolve(group.isEmpty() ? version : group)
            .resolve(
                kind.path("kind").asText().toLowerCase(java.util.Locale.ROOT)
                    + "_"
                    + version
                    + ".json");
    Files.createDirectories(file.getParent());
    String definitions = file.getParent().relativize(folder.resolve("definitions.json")).toString();
    JSON.writeValue(
        file.toFile(),
        JSON.createObjectNode().put("$ref", definitions + "#/definitions/" + definition));
  }

  /** The schema of the first version of a CustomResourceDefinition. */
  static String ofDefinition(JsonNode definition) {
    ObjectNode schema = definition.at("/spec/versions/0/schema/openAPIV3Schema").deepCopy();
    ObjectNode properties = (ObjectNode) schema.get("properties");
    properties.putObject("apiVersion").put("type", "string");
    properties.putObject("kind").put("type", "string");
    properties.putObject("metadata").put("type", "object");
    close(schema);
    properties.withObject("/metadata").remove("additionalProperties");
    ObjectNode root = JSON.createObjectNode();
    root.put("$schema", "http://json-schema.org/draft-07/schema#");
    root.put("title", definition.at("/spec/names/kind").asText());
    root.setAll(schema);
    return root.toPrettyString() + "\n";
  }

  /** Refuses, in every object, what its properties do not name. */
  private static void close(JsonNode schema) {
    if (schema instanceof ObjectNode object) {
      if (object.path("properties").isObject()
          && !object.has("additionalProperties")
          && !object.path("x-kubernetes-preserve-unknown-fields").asBoolean()) {
        object.put("additionalProperties", false);
      }
      if (object.path("x-kubernetes-int-or-string").asBoolean()
          || object.path("format").asText().equals("int-or-string")) {
        object.remove("format");
        object.set("type", JSON.createArrayNode().add("string").add("integer"));
      }
      if (object.path("nullable").asBoolean() && object.path("type").isTextual()) {
        String type = object.path("type").asText();
        object.set("type", JSON.createArrayNode().add(type).add("null"));
      }
    }
    schema.forEach(JsonSchemas::close);
  }
}
