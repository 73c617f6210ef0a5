package io.crashmonitor.chart;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** Roles taken apart into single rights, so that two ways of writing them compare. */
final class Rbac {
  private Rbac() {}

  /** One verb on one resource. */
  static Set<String> rights(JsonNode rules) {
    Set<String> rights = new TreeSet<>();
    for (JsonNode rule : rules) {
      for (JsonNode group : rule.path("apiGroups")) {
        for (JsonNode resource : rule.path("resources")) {
          for (JsonNode verb : rule.path("verbs")) {
            List<String> names = new ArrayList<>();
            rule.path("resourceNames").forEach(n -> names.add(n.asText()));
            rights.add(
                "%s %s/%s %s"
                    .formatted(verb.asText(), group.asText(), resource.asText(), names)
                    .strip());
          }
        }
      }
    }
    return rights;
  }

  static List<JsonNode> rules(JsonNode rules) {
    List<JsonNode> all = new ArrayList<>();
    rules.forEach(all::add);
    return all;
  }
}
