package io.crashmonitor.chart;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.crashmonitor.testbed.controlplane.ControlPlane;
import io.crashmonitor.testbed.controlplane.Provisioned;
import io.crashmonitor.testbed.controlplane.SharedControlPlane;
import io.crashmonitor.testbed.controlplane.Tool;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** Each example is applied as a user does it, to a real API server. */
class ExamplesIT {
  /** Examples that are applied as they stand, into the user's namespace. */
  private static final Set<String> PLAIN =
      Set.of(
          "demo/session.yaml",
          "demo/workload.yaml",
          "full.yaml",
          "iis/session.yaml",
          "iis/workload.yaml",
          "minimal.yaml",
          "pipeline/session.yaml",
          "secret.yaml",
          "workload-identity.yaml");

  /** Examples that name their namespace, and need the definitions of their tools. */
  private static final Set<String> GITOPS =
      Set.of(
          "argocd/operator.yaml",
          "argocd/sessions.yaml",
          "flux/operator.yaml",
          "flux/sessions.yaml");

  /** Each has a test of its own here or in the class named. */
  private static final Set<String> OTHER =
      Set.of(
          "argocd/health.yaml",
          "kustomize/base/kustomization.yaml",
          "kustomize/base/session.yaml",
          "kustomize/overlays/production/kustomization.yaml",
          "pipeline/azure-pipelines.yaml");

  private static ControlPlane cluster;
  private static Kubectl kubectl;

  @BeforeAll
  static void installTheDefinition() {
    cluster = SharedControlPlane.get();
    kubectl = new Kubectl(cluster, cluster.newNamespace("examples"));
    kubectl.installDefinition();
  }

  @Test
  void noneIsForgotten() throws IOException {
    try (Stream<Path> files = Files.walk(Checkout.EXAMPLES)) {
      Set<String> all =
          files
              .map(f -> Checkout.EXAMPLES.relativize(f).toString())
              .filter(f -> f.endsWith(".yaml") && !f.contains("resource_customizations"))
              .collect(Collectors.toCollection(TreeSet::new));

      assertThat(all)
          .isEqualTo(
              Stream.of(PLAIN, GITOPS, OTHER)
                  .flatMap(Set::stream)
                  .collect(Collectors.toCollection(TreeSet::new)));
    }
  }

  @TestFactory
  Stream<DynamicTest> isApplied() {
    return PLAIN.stream()
        .sorted()
        .map(
            example ->
                DynamicTest.dynamicTest(example, () -> kubectl.run("apply", "-f", path(example))));
  }

  @Test
  void theOverlayChangesTheBase() {
    Kubectl own = new Kubectl(cluster, cluster.newNamespace("kustomize"));

    own.run("apply", "-k", path("kustomize/overlays/production"));

    JsonNode session =
        Manifests.parse(own.run("get", "cms/checkout", "--output=yaml")).objects().get(0);
    assertThat(session.at("/spec/storage/azureBlob/account").asText()).isEqualTo("shopdumpsprod");
    assertThat(session.at("/spec/maxDumps").asInt()).isEqualTo(10);
    assertThat(session.at("/metadata/labels/environment").asText()).isEqualTo("production");
  }

  @TestFactory
  Stream<DynamicTest> isAppliedWithTheDefinitionsOfItsTool() throws IOException {
    try (Stream<Path> files = Files.list(Provisioned.load().path(Tool.GITOPS_DEFINITIONS))) {
      for (Path definition : files.sorted().toList()) {
        kubectl.define(definition);
      }
    }
    for (String namespace : List.of("argocd", "flux-system")) {
      kubectl
          .command("apply", "-f", "-")
          .input("{apiVersion: v1, kind: Namespace, metadata: {name: " + namespace + "}}")
          .run()
          .succeeded();
    }
    return GITOPS.stream()
        .sorted()
        .map(
            example ->
                DynamicTest.dynamicTest(
                    example,
                    () ->
                        // Over pruned or unknown fields kubectl would only warn.
                        new Kubectl(cluster, "")
                            .run("apply", "--validate=strict", "-f", path(example))));
  }

  @Test
  void theValuesThatFluxAndArgoCdGiveAreTheCharts(@TempDir Path folder) throws IOException {
    JsonNode flux =
        Manifests.read(Path.of(path("flux/operator.yaml"))).only("HelmRelease").at("/spec/values");
    JsonNode argo =
        Manifests.read(Path.of(path("argocd/operator.yaml")))
            .only("Application")
            .at("/spec/source/helm/valuesObject");

    for (JsonNode values : List.of(flux, argo)) {
      assertThat(values.isObject()).isTrue();
      Path file = Files.writeString(folder.resolve("values.yaml"), values.toString());
      assertThat(Helm.HELM4.template("--values=" + file)).contains("LICENCE");
    }
  }

  private static String path(String example) {
    return Checkout.EXAMPLES.resolve(example).toString();
  }
}
