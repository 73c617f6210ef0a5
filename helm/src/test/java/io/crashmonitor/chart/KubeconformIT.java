package io.crashmonitor.chart;

import static org.assertj.core.api.Assertions.assertThat;

import io.crashmonitor.testbed.controlplane.Provisioned;
import io.crashmonitor.testbed.controlplane.SharedControlPlane;
import io.crashmonitor.testbed.controlplane.Tool;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Everything that is shipped, against strict schemas, as users' pipelines check it. The schema of a
 * session is the committed one: <code>-Dchart.update=true</code> writes it anew.
 */
class KubeconformIT {
  @TempDir private static Path schemas;

  @BeforeAll
  static void takeTheSchemasFromTheApiServer() throws IOException {
    JsonSchemas.write(SharedControlPlane.get().client(), schemas);
    Path ours = Files.createDirectories(schemas.resolve("crashmonitor.io"));
    if (Boolean.getBoolean("chart.update")) {
      Files.createDirectories(Checkout.SCHEMA.getParent());
      Files.writeString(Checkout.SCHEMA, ofOurDefinition());
    }
    Files.copy(Checkout.SCHEMA, ours.resolve("crashmonitorsession_v1alpha1.json"));
  }

  @Test
  void theCommittedSchemaIsWhatTheDefinitionSays() {
    assertThat(Checkout.SCHEMA).hasContent(ofOurDefinition());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "--set=crds.keep=true",
        "--set=watchNamespaces={shop,billing}",
        "--set=imagePullSecrets[0].name=a,podAnnotations.a=b,podLabels.c=d,priorityClassName=high,"
            + "tolerations[0].operator=Exists,extraEnv[0].name=A,extraEnv[0].value=b,"
            + "extraVolumes[0].name=x,extraVolumeMounts[0].name=x,extraVolumeMounts[0].mountPath=/x",
      })
  void whatTheChartRendersIsValid(String option) {
    for (Helm helm : Helm.values()) {
      assertThat(kubeconform("-").input(helm.template(option)).run().succeeded())
          .contains("Invalid: 0, Errors: 0, Skipped: 0");
    }
  }

  @Test
  void everyExampleIsValid() throws IOException {
    try (Stream<Path> files = Files.walk(Checkout.EXAMPLES)) {
      List<String> examples =
          files
              .map(Path::toString)
              // What is no object of a cluster, or one of Flux and Argo CD.
              .filter(f -> f.endsWith(".yaml") && !f.contains("resource_customizations"))
              .filter(f -> !f.endsWith("kustomization.yaml") && !f.endsWith("-pipelines.yaml"))
              .filter(f -> !f.matches(".*/(flux|argocd)/(operator|sessions)\\.yaml"))
              .sorted()
              .toList();

      assertThat(kubeconform(examples.toArray(String[]::new)).run().succeeded())
          .contains("Invalid: 0, Errors: 0, Skipped: 0");
    }
  }

  @Test
  void findsAMisspelledField() {
    String session =
        Manifests.read(Checkout.EXAMPLES.resolve("minimal.yaml"))
            .objects()
            .get(0)
            .toString()
            .replace("\"target\"", "\"maxDump\":1,\"target\"");

    assertThat(kubeconform("-").input(session).run())
        .satisfies(
            result -> {
              assertThat(result.exitCode()).isOne();
              assertThat(result.output()).contains("additional properties 'maxDump' not allowed");
            });
  }

  @Test
  void findsAMisspelledFieldOfKubernetesOwn() {
    String rendered = Helm.HELM3.template().replace("enableServiceLinks", "enableServiceLink");

    assertThat(kubeconform("-").input(rendered).run().output())
        .contains("additional properties 'enableServiceLink' not allowed");
  }

  private static String ofOurDefinition() {
    return JsonSchemas.ofDefinition(
        Manifests.read(Checkout.DEFINITION).only("CustomResourceDefinition"));
  }

  private static Command kubeconform(String... files) {
    List<String> line =
        new ArrayList<>(
            List.of(
                Provisioned.load().path(Tool.KUBECONFORM).toString(),
                "-strict",
                "-summary",
                "-schema-location",
                schemas.resolve("").toAbsolutePath() + "/" + JsonSchemas.LOCATION));
    line.addAll(List.of(files));
    return Command.of(line.toArray(String[]::new));
  }
}
