package io.crashmonitor.chart;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.crashmonitor.operator.OperatorConfig;
import io.crashmonitor.operator.inject.ProcDumpSource;
import java.net.URI;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/**
 * The operator understands the environment that the chart gives it, and each variable is one of its
 * own.
 */
class OperatorEnvironmentIT {

  @Test
  void theDefaultsAreTheOperatorsOwn() {
    OperatorConfig given = OperatorConfig.from(environment(), Optional.empty());

    OperatorConfig own =
        OperatorConfig.from(
            Map.of(
                "CRASH_MONITOR_NAMESPACE",
                Helm.RELEASE,
                "CRASH_MONITOR_SIDECAR_IMAGE",
                given.sidecarImage()),
            Optional.empty());
    assertThat(given).isEqualTo(own);
    assertThat(given.procDumpLicenceAccepted()).isFalse();
  }

  @Test
  void everyValueReachesTheOperator() {
    OperatorConfig config =
        OperatorConfig.from(
            environment(
                "--set=watchNamespaces={shop,billing}",
                "--set=procdump.acceptLicence=true",
                "--set=procdump.url=https://tools.example/procdump.zip",
                "--set=procdump.sha256=" + "0a".repeat(32),
                "--set=sidecar.image.repository=example.org/sidecar,sidecar.image.tag=v7",
                "--set=sidecar.imagePullSecrets={registry}",
                "--set=sidecar.resources.requests.cpu=10m,sidecar.resources.requests.memory=64Mi",
                "--set=sidecar.resources.limits.memory=128Mi",
                "--set=storage.pollSeconds=30,clusterName=prod,clusterDomain=k8s.example",
                "--set=storage.allowedEndpoints.devstoreaccount1=http://127.0.0.1:1/devstoreaccount1",
                "--set=agent.port=9443,health.port=9081"),
            Optional.empty());

    assertThat(config.watchNamespaces()).containsExactly("shop", "billing");
    assertThat(config.procDumpLicenceAccepted()).isTrue();
    assertThat(config.procDump())
        .contains(
            new ProcDumpSource(URI.create("https://tools.example/procdump.zip"), "0a".repeat(32)));
    assertThat(config.sidecarImage()).isEqualTo("example.org/sidecar:v7");
    assertThat(config.imagePullSecrets()).containsExactly("registry");
    assertThat(config.sidecarCpuRequest()).isEqualTo("10m");
    assertThat(config.sidecarMemoryRequest()).isEqualTo("64Mi");
    assertThat(config.sidecarMemoryLimit()).isEqualTo("128Mi");
    assertThat(config.storagePoll()).hasSeconds(30);
    assertThat(config.clusterName()).contains("prod");
    assertThat(config.agentUrl())
        .hasToString("https://crash-monitor-agent.crash-monitor.svc.k8s.example:9443");
    assertThat(config.agentPort()).isEqualTo(9443);
    assertThat(config.healthPort()).isEqualTo(9081);
    assertThat(config.blobEndpoints().toString()).contains("http://127.0.0.1:1/devstoreaccount1");
  }

  @Test
  void theServiceLeadsToThePortOfTheAgentEndpoint() {
    Manifests rendered = Helm.HELM3.render("--set=agent.port=9443");

    JsonNode service = rendered.only("Service");
    assertThat(service.at("/metadata/name").asText()).isEqualTo("crash-monitor-agent");
    assertThat(service.at("/spec/ports/0/port").asInt()).isEqualTo(9443);
    JsonNode pod = rendered.only("Deployment").at("/spec/template");
    assertThat(pod.at("/spec/containers/0/ports/0/name").asText())
        .isEqualTo(service.at("/spec/ports/0/targetPort").asText());
    assertThat(pod.at("/spec/containers/0/ports/0/containerPort").asInt()).isEqualTo(9443);
    service
        .at("/spec/selector")
        .properties()
        .forEach(
            label ->
                assertThat(pod.at("/metadata/labels").path(label.getKey()))
                    .isEqualTo(label.getValue()));
  }

  private static Map<String, String> environment(String... options) {
    Map<String, String> environment = new HashMap<>();
    for (JsonNode variable :
        Helm.HELM3.render(options).only("Deployment").at("/spec/template/spec/containers/0/env")) {
      String field = variable.at("/valueFrom/fieldRef/fieldPath").asText("");
      environment.put(
          variable.path("name").asText(),
          field.equals("metadata.namespace") ? Helm.RELEASE : variable.path("value").asText());
    }
    return environment;
  }
}
