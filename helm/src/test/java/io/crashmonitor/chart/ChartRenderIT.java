package io.crashmonitor.chart;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What the chart renders to, by the Helms that people have. */
class ChartRenderIT {

  @ParameterizedTest
  @EnumSource
  void isTheVersionThatIsPromised(Helm helm) {
    assertThat(helm.command("version", "--short").run().succeeded()).startsWith(helm.version());
  }

  @ParameterizedTest
  @EnumSource
  void lintsWithoutWarning(Helm helm) {
    String said = helm.command("lint", "--strict", Checkout.CHART.toString()).run().succeeded();

    assertThat(said).contains("0 chart(s) failed").doesNotContain("[WARNING]", "[ERROR]");
  }

  @ParameterizedTest
  @EnumSource
  void rendersTheSameEachTime(Helm helm) {
    assertThat(helm.template()).isEqualTo(helm.template());
  }

  @Test
  void rendersTheSameObjectsWithBothHelms() {
    assertThat(Helm.HELM4.render().objects())
        .containsExactlyInAnyOrderElementsOf(Helm.HELM3.render().objects());
  }

  @Test
  void asksTheClusterNothingAndRollsNoDice() throws IOException {
    try (Stream<Path> templates = Files.walk(Checkout.CHART.resolve("templates"))) {
      for (Path template : templates.filter(Files::isRegularFile).toList()) {
        assertThat(Files.readString(template))
            .as(template.toString())
            .doesNotContainPattern(
                "\\{\\{.*\\b(lookup|rand[A-Z]\\w*|uuidv4|now|gen[A-Z]\\w*|\\.Capabilities)\\b");
      }
    }
  }

  @Test
  void bringsTheDefinitionAsTheBuildMakesIt() throws IOException {
    Path copy = Checkout.CHART.resolve("files/crds/crashmonitorsessions.yaml");
    if (Boolean.getBoolean("chart.update")) {
      Files.copy(Checkout.DEFINITION, copy, StandardCopyOption.REPLACE_EXISTING);
    }
    assertThat(copy)
        .as("-Dchart.update=true copies crds/crashmonitorsessions.yaml into the chart")
        .hasSameTextualContentAs(Checkout.DEFINITION);
    JsonNode made = Manifests.read(Checkout.DEFINITION).only("CustomResourceDefinition");

    ObjectNode rendered = Helm.HELM3.render().only("CustomResourceDefinition").deepCopy();

    assertThat(rendered.at("/metadata/annotations/helm.sh~1resource-policy").asText())
        .isEqualTo("keep");
    ((ObjectNode) rendered.get("metadata")).remove(List.of("labels", "annotations"));
    assertThat(rendered).isEqualTo(made);
  }

  @Test
  void leavesTheDefinitionToOthersWhereAsked() {
    assertThat(Helm.HELM3.render("--set", "crds.install=false").ofKind("CustomResourceDefinition"))
        .isEmpty();
    assertThat(
            Helm.HELM3
                .render("--set", "crds.keep=false")
                .only("CustomResourceDefinition")
                .at("/metadata/annotations")
                .isMissingNode())
        .isTrue();
  }

  @Test
  void takesTheDigestBeforeTheTag() {
    String digest = "sha256:" + "0a".repeat(32);

    JsonNode deployment =
        Helm.HELM3
            .render("--set", "image.digest=" + digest, "--set", "sidecar.image.tag=1.2.3")
            .only("Deployment");

    assertThat(container(deployment).path("image").asText())
        .isEqualTo("ghcr.io/crash-monitor/operator@" + digest);
    assertThat(environment(deployment, "CRASH_MONITOR_SIDECAR_IMAGE"))
        .isEqualTo("ghcr.io/crash-monitor/sidecar:1.2.3");
  }

  @Test
  void namesTheSidecarOfOneWindowsBuildWhereAsked() {
    JsonNode deployment =
        Helm.HELM3.render("--set", "sidecar.windowsBuild=ltsc2025").only("Deployment");

    assertThat(environment(deployment, "CRASH_MONITOR_SIDECAR_IMAGE"))
        .isEqualTo("ghcr.io/crash-monitor/sidecar:0.1.0-ltsc2025");
  }

  @Test
  void givesARoleInEachWatchedNamespaceAndNoneElsewhere() {
    JsonNode everywhere =
        Helm.HELM3.render().find("ClusterRole", "", "crash-monitor-operator").get();

    Manifests some = Helm.HELM3.render("--set", "watchNamespaces={shop,billing}");

    assertThat(some.names())
        .contains(
            "Role billing/crash-monitor-operator-monitored",
            "Role shop/crash-monitor-operator-monitored",
            "RoleBinding billing/crash-monitor-operator-monitored",
            "RoleBinding shop/crash-monitor-operator-monitored");
    JsonNode cluster = some.find("ClusterRole", "", "crash-monitor-operator").get().path("rules");
    JsonNode shop =
        some.find("Role", "shop", "crash-monitor-operator-monitored").get().path("rules");
    assertThat(List.copyOf(Rbac.rules(cluster))).doesNotContainAnyElementsOf(Rbac.rules(shop));
    assertThat(Rbac.rules(cluster)).as("no rights on workloads everywhere").hasSizeLessThan(4);
    assertThat(Stream.concat(Rbac.rules(cluster).stream(), Rbac.rules(shop).stream()).toList())
        .containsExactlyInAnyOrderElementsOf(Rbac.rules(everywhere.path("rules")));
    assertThat(environment(some.only("Deployment"), "CRASH_MONITOR_WATCH_NAMESPACES"))
        .isEqualTo("shop,billing");
  }

  @Test
  void grantsNoWildcardAndNoListOfSecrets() {
    for (JsonNode role : Helm.HELM3.render().ofKind("ClusterRole")) {
      for (JsonNode rule : role.path("rules")) {
        assertThat(rule.toString()).doesNotContain("\"*\"", "pods/exec");
        if (rule.path("resources").toString().contains("\"secrets\"")) {
          assertThat(rule.path("verbs").toString()).isEqualTo("[\"get\"]");
        }
      }
    }
  }

  @Test
  void twoReleasesShareNoClusterWideName() {
    Command other =
        Helm.HELM3.command(
            "template",
            "crash-monitor",
            Checkout.CHART.toString(),
            "--namespace=team-b",
            "--set=crds.install=false");

    List<String> shared = Manifests.parse(other.run().succeeded()).names();

    assertThat(shared).doesNotContainAnyElementsOf(Helm.HELM3.render().names());
  }

  @Test
  void rendersAsASubchart(@TempDir Path parent) throws IOException {
    Files.writeString(
        parent.resolve("Chart.yaml"),
        """
        apiVersion: v2
        name: platform
        version: 1.0.0
        dependencies:
          - name: crash-monitor
            version: 0.1.0
            condition: crash-monitor.enabled
        """);
    Files.writeString(
        parent.resolve("values.yaml"),
        """
        global: {registry: example.org}
        crash-monitor: {enabled: true, clusterName: prod}
        """);
    Path charts = Files.createDirectories(parent.resolve("charts"));
    Command.of("cp", "-r", Checkout.CHART.toString(), charts.toString()).run().succeeded();

    for (Helm helm : Helm.values()) {
      String rendered = helm.command("template", "platform", parent.toString()).run().succeeded();
      assertThat(Manifests.parse(rendered).only("Deployment").at("/metadata/name").asText())
          .isEqualTo("platform-crash-monitor-operator");
    }
  }

  @Test
  void runsAsPodSecurityRestrictedAsks() {
    JsonNode spec = Helm.HELM3.render().only("Deployment").at("/spec/template/spec");

    assertThat(spec.at("/securityContext/runAsNonRoot").asBoolean()).isTrue();
    assertThat(spec.at("/securityContext/seccompProfile/type").asText())
        .isEqualTo("RuntimeDefault");
    JsonNode context = spec.at("/containers/0/securityContext");
    assertThat(context.path("readOnlyRootFilesystem").asBoolean()).isTrue();
    assertThat(context.path("allowPrivilegeEscalation").asBoolean(true)).isFalse();
    assertThat(context.at("/capabilities/drop/0").asText()).isEqualTo("ALL");
    assertThat(spec.at("/nodeSelector/kubernetes.io~1os").asText()).isEqualTo("linux");
  }

  private static JsonNode container(JsonNode deployment) {
    return deployment.at("/spec/template/spec/containers/0");
  }

  private static String environment(JsonNode deployment, String name) {
    for (JsonNode variable : container(deployment).path("env")) {
      if (variable.path("name").asText().equals(name)) {
        return variable.path("value").asText();
      }
    }
    throw new AssertionError("no variable " + name);
  }
}
