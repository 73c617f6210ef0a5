package io.crashmonitor.chart;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The objects of a YAML stream.
 *
 * @param objects in the order of the stream, without empty documents
 */
record Manifests(List<JsonNode> objects) {
  static final ObjectMapper YAML = new ObjectMapper(new YAMLFactory());

  Manifests {
    objects = List.copyOf(objects);
  }

  static Manifests parse(String yaml) {
    List<JsonNode> objects = new ArrayList<>();
    try (var documents = YAML.readerFor(JsonNode.class).<JsonNode>readValues(yaml)) {
      while (documents.hasNextValue()) {
        JsonNode object = documents.nextValue();
        if (object != null && object.isObject() && !object.isEmpty()) {
          objects.add(object);
        }
      }
      return new Manifests(objects);
    } catch (IOException e) {
      throw new UncheckedIOException("not YAML: " + e.getMessage(), e);
    }
  }

  static Manifests read(Path file) {
    try {
      return parse(Files.readString(file));
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot read " + file, e);
    }
  }

  List<JsonNode> ofKind(String kind) {
    return objects.stream().filter(o -> o.path("kind").asText().equals(kind)).toList();
  }

  /** The only object of its kind. */
  JsonNode only(String kind) {
    List<JsonNode> found = ofKind(kind);
    if (found.size() != 1) {
      throw new AssertionError(found.size() + " objects of kind " + kind + ", not one");
    }
    return found.get(0);
  }

  Optional<JsonNode> find(String kind, String namespace, String name) {
    return ofKind(kind).stream()
        .filter(o -> o.at("/metadata/name").asText().equals(name))
        .filter(o -> o.at("/metadata/namespace").asText("").equals(namespace))
        .findFirst();
  }

  /** Kind and name of each object, for comparisons that people read. */
  List<String> names() {
    return objects.stream().map(Manifests::name).sorted().toList();
  }

  static String name(JsonNode object) {
    String namespace = object.at("/metadata/namespace").asText("");
    return "%s %s%s"
        .formatted(
            object.path("kind").asText(),
            namespace.isEmpty() ? "" : namespace + "/",
            object.at("/metadata/name").asText());
  }
}
