package io.crashmonitor.testbed.demo;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import java.util.ArrayList;
import java.util.List;

/**
 * A session as a user sees it, read from its JSON: this module knows the API as its users do, not
 * as its classes.
 */
record SessionView(
    String phase,
    String completionReason,
    int dumpCount,
    int crashCount,
    int replicas,
    int attached,
    List<Crash> crashes,
    List<Group> groups,
    List<String> problems) {
  private static final ObjectMapper JSON = new ObjectMapper();

  /** A line of {@code status.recentCrashes}. */
  record Crash(
      String id, String code, String pod, String dump, String exception, String topFrame) {}

  /** A line of {@code status.exitCodeGroups}. */
  record Group(String code, String name, int count, int dumps) {}

  static SessionView of(GenericKubernetesResource session) {
    JsonNode status = JSON.valueToTree(session.getAdditionalProperties()).path("status");
    List<Crash> crashes = new ArrayList<>();
    for (JsonNode crash : status.path("recentCrashes")) {
      crashes.add(
          new Crash(
              crash.path("id").asText(),
              crash.path("code").asText(),
              crash.path("pod").asText(),
              crash.path("dump").asText(),
              crash.path("exception").asText(),
              crash.path("topFrame").asText()));
    }
    List<Group> groups = new ArrayList<>();
    for (JsonNode group : status.path("exitCodeGroups")) {
      groups.add(
          new Group(
              group.path("code").asText(),
              group.path("name").asText(),
              group.path("count").asInt(),
              group.path("dumps").asInt()));
    }
    return new SessionView(
        status.path("phase").asText(),
        status.path("completion").path("reason").asText(),
        status.path("dumpCount").asInt(),
        status.path("crashCount").asInt(),
        status.path("replicas").path("total").asInt(),
        status.path("replicas").path("attached").asInt(),
        crashes,
        groups,
        problems(status.path("conditions")));
  }

  boolean isCompleted() {
    return phase.equals("Completed");
  }

  /** Messages of the conditions that say something is not as it should be. */
  private static List<String> problems(JsonNode conditions) {
    List<String> problems = new ArrayList<>();
    for (JsonNode condition : conditions) {
      String type = condition.path("type").asText();
      boolean bad =
          switch (type) {
            case "Stalled" -> condition.path("status").asText().equals("True");
            case "TargetReady", "StorageReady" -> condition.path("status").asText().equals("False");
            default -> false;
          };
      if (bad) {
        problems.add(
            type
                + " "
                + condition.path("reason").asText()
                + ": "
                + condition.path("message").asText());
      }
    }
    return problems;
  }
}
