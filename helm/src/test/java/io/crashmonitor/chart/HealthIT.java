package io.crashmonitor.chart;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import io.crashmonitor.testbed.controlplane.ControlPlane;
import io.crashmonitor.testbed.controlplane.Provisioned;
import io.crashmonitor.testbed.controlplane.SharedControlPlane;
import io.crashmonitor.testbed.controlplane.Tool;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/**
 * What the tools that wait make of a session's status, of each phase as the operator writes it:
 * Argo CD by our script in the interpreter that it embeds, Flux and Helm 4 by kstatus itself.
 */
class HealthIT {
  private static final Path FOLDER =
      Checkout.EXAMPLES.resolve(
          "argocd/resource_customizations/crashmonitor.io/CrashMonitorSession");

  /** kstatus: Failed ends a wait with an error, Current with success, InProgress waits on. */
  private static final Map<String, String> KSTATUS =
      Map.of("Healthy", "Current", "Degraded", "Failed", "Progressing", "InProgress");

  @TempDir private Path scratch;

  @TestFactory
  Stream<DynamicTest> argoCdSees() throws IOException {
    if (Boolean.getBoolean("chart.update")) {
      writeMessages();
    }
    List<DynamicTest> tests = new ArrayList<>();
    for (Map.Entry<String, JsonNode> expected : expectations().entrySet()) {
      tests.add(
          DynamicTest.dynamicTest(
              expected.getKey() + " as " + expected.getValue().path("status").asText(),
              () ->
                  assertThat(health(session(expected.getKey())))
                      .isEqualTo(
                          expected.getValue().path("status").asText()
                              + "\n"
                              + expected.getValue().path("message").asText())));
    }
    return tests.stream();
  }

  @Test
  void kstatusSeesTheSame() throws IOException {
    ArrayNode sessions = new ObjectMapper().createArrayNode();
    List<String> expected = new ArrayList<>();
    for (Map.Entry<String, JsonNode> expectation : expectations().entrySet()) {
      sessions.add(session(expectation.getKey()));
      expected.add(
          expectation.getKey() + " " + KSTATUS.get(expectation.getValue().path("status").asText()));
    }

    Iterator<String> said =
        Command.of(Provisioned.load().path(Tool.KSTATUS).toString())
            .input(sessions.toString())
            .run()
            .succeeded()
            .lines()
            .iterator();

    List<String> seen = new ArrayList<>();
    for (String file : expectations().keySet()) {
      seen.add(file + " " + said.next().split("\t")[0]);
    }
    assertThat(seen).isEqualTo(expected);
  }

  @Test
  void everyStatusIsExpectedSomething() throws IOException {
    try (Stream<Path> files = Files.list(FOLDER.resolve("testdata"))) {
      assertThat(expectations().keySet())
          .containsExactlyInAnyOrderElementsOf(
              files.map(f -> "testdata/" + f.getFileName()).toList());
    }
  }

  @Test
  void theConfigMapCarriesTheScript() throws IOException {
    JsonNode patch =
        Manifests.read(Checkout.EXAMPLES.resolve("argocd/health.yaml")).only("ConfigMap");

    assertThat(
            patch
                .at("/data/resource.customizations.health.crashmonitor.io_CrashMonitorSession")
                .asText())
        .isEqualTo(Files.readString(FOLDER.resolve("health.lua")));
  }

  @Test
  void theCommandInTheConfigMapPatchesArgoCdsOwn() {
    ControlPlane cluster = SharedControlPlane.get();
    Kubectl kubectl = new Kubectl(cluster, cluster.newNamespace("argo"));
    kubectl.run("create", "configmap", "argocd-cm", "--from-literal=url=https://argo.example");

    kubectl.run(
        "patch",
        "configmap",
        "argocd-cm",
        "--patch-file",
        Checkout.EXAMPLES.resolve("argocd/health.yaml").toString());

    assertThat(kubectl.run("get", "configmap", "argocd-cm", "--output=yaml"))
        .contains("url: https://argo.example", "local hs =");
  }

  /** The messages are the operator's; what health they mean is ours to say. */
  private void writeMessages() throws IOException {
    StringBuilder tests = new StringBuilder("# In the form of Argo CD's own repository.\ntests:\n");
    for (Map.Entry<String, JsonNode> expected : expectations().entrySet()) {
      String message = health(session(expected.getKey())).split("\n", 2)[1];
      tests.append(
          """
            - healthStatus:
                status: %s
                message: >-
                  %s
              inputPath: %s
          """
              .formatted(expected.getValue().path("status").asText(), message, expected.getKey()));
    }
    Files.writeString(FOLDER.resolve("health_test.yaml"), tests.toString());
  }

  private static Map<String, JsonNode> expectations() {
    Map<String, JsonNode> expectations = new LinkedHashMap<>();
    for (JsonNode test :
        Manifests.read(FOLDER.resolve("health_test.yaml")).objects().get(0).path("tests")) {
      expectations.put(test.path("inputPath").asText(), test.path("healthStatus"));
    }
    assertThat(expectations).hasSizeGreaterThan(10);
    return expectations;
  }

  private static JsonNode session(String file) {
    return Manifests.read(FOLDER.resolve(file)).objects().get(0);
  }

  private String health(JsonNode session) throws IOException {
    // Argo CD sets the global `obj` and takes what the script returns.
    Path script =
        Files.writeString(
            scratch.resolve("run.lua"),
            "obj = "
                + lua(session)
                + "\nlocal health = (function()\n"
                + Files.readString(FOLDER.resolve("health.lua"))
                + "\nend)()\nprint(health.status)\nprint(health.message)\n");
    return Command.of(Provisioned.load().path(Tool.LUA).toString(), script.toString())
        .run()
        .succeeded()
        .strip();
  }

  /** As a Lua table; null becomes nil, as in Argo CD. */
  private static String lua(JsonNode value) {
    if (value.isObject()) {
      StringBuilder table = new StringBuilder("{");
      value
          .properties()
          .forEach(
              e -> table.append("[%s] = %s, ".formatted(quoted(e.getKey()), lua(e.getValue()))));
      return table.append("}").toString();
    }
    if (value.isArray()) {
      StringBuilder table = new StringBuilder("{");
      value.forEach(e -> table.append(lua(e)).append(", "));
      return table.append("}").toString();
    }
    return value.isNull() ? "nil" : value.isTextual() ? quoted(value.asText()) : value.asText();
  }

  private static String quoted(String text) {
    StringBuilder quoted = new StringBuilder("\"");
    for (byte b : text.getBytes(java.nio.charset.StandardCharsets.UTF_8)) {
      quoted.append("\\%03d".formatted(b & 0xFF));
    }
    return quoted.append('"').toString();
  }
}
