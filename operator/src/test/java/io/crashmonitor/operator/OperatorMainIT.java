package io.crashmonitor.operator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.crashmonitor.api.CrashMonitorSession;
import io.crashmonitor.api.Phase;
import io.crashmonitor.operator.agent.AgentCertificates;
import io.crashmonitor.testbed.controlplane.ControlPlane;
import io.crashmonitor.testbed.controlplane.SharedControlPlane;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** The operator as it is shipped: its jar, a real API server, signals and exit codes. */
@ExtendWith(SharedControlPlane.class)
class OperatorMainIT {
  private static final Duration SOON = Duration.ofSeconds(60);

  private final ControlPlane plane;
  private final List<Process> started = new ArrayList<>();
  @TempDir Path folder;
  private String namespace;

  OperatorMainIT(ControlPlane plane) {
    this.plane = plane;
  }

  @BeforeEach
  void prepare() throws IOException {
    namespace = plane.newNamespace("operator");
    String crd =
        Files.readString(
            Path.of(System.getProperty("crashmonitor.root"), "crds/crashmonitorsessions.yaml"));
    plane
        .client()
        .resource(
            plane
                .client()
                .getKubernetesSerialization()
                .unmarshal(crd, CustomResourceDefinition.class))
        .fieldManager("test")
        .forceConflicts()
        .serverSideApply();
  }

  @AfterEach
  void killWhatIsLeft() {
    started.forEach(Process::destroyForcibly);
  }

  private Process run(String name, Map<String, String> environment) throws IOException {
    ProcessBuilder builder =
        new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-jar",
            Path.of("target", "operator.jar").toAbsolutePath().toString());
    builder.environment().keySet().removeIf(key -> key.startsWith("CRASH_MONITOR_"));
    builder.environment().put("KUBECONFIG", plane.kubeconfig().toString());
    builder.environment().putAll(environment);
    builder.redirectErrorStream(true).redirectOutput(log(name).toFile());
    Process process = builder.start();
    started.add(process);
    return process;
  }

  private Path log(String name) {
    return folder.resolve(name + ".log");
  }

  private String words(String name) {
    try {
      return Files.readString(log(name));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Map<String, String> configuration(int health) {
    return Map.of(
        "CRASH_MONITOR_NAMESPACE",
        namespace,
        "CRASH_MONITOR_WATCH_NAMESPACES",
        namespace,
        "CRASH_MONITOR_SIDECAR_IMAGE",
        "example.com/sidecar:1",
        "CRASH_MONITOR_AGENT_PORT",
        "0",
        "CRASH_MONITOR_AGENT_URL",
        "https://127.0.0.1:8443",
        "CRASH_MONITOR_HEALTH_PORT",
        Integer.toString(health));
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    }
  }

  private static int ready(int port) throws InterruptedException {
    try {
      return HttpClient.newHttpClient()
          .send(
              HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/readyz")).build(),
              BodyHandlers.discarding())
          .statusCode();
    } catch (IOException notYet) {
      return 0;
    }
  }

  @Test
  void itGetsReadySeesSessionsAndEndsWhenTold() throws Exception {
    int health = freePort();
    Process operator = run("operator", configuration(health));
    await()
        .atMost(SOON)
        .failFast(() -> assertThat(operator.isAlive()).as(words("operator")).isTrue())
        .until(() -> ready(health) == 200);
    plane
        .client()
        .load(
            new ByteArrayInputStream(
                """
                apiVersion: crashmonitor.io/v1alpha1
                kind: CrashMonitorSession
                metadata: {name: checkout}
                spec:
                  target: {kind: Deployment, name: checkout}
                  storage:
                    azureBlob:
                      account: shopdumps
                      container: crash-dumps
                      auth: {secretRef: {name: shop}}
                """
                    .getBytes(StandardCharsets.UTF_8)))
        .inNamespace(namespace)
        .create();

    await().atMost(SOON).until(() -> phase() == Phase.Blocked);
    operator.destroy();

    assertThat(operator.waitFor(30, TimeUnit.SECONDS)).isTrue();
    assertThat(operator.exitValue()).as(words("operator")).isZero();
  }

  private Phase phase() {
    CrashMonitorSession session =
        plane
            .client()
            .resources(CrashMonitorSession.class)
            .inNamespace(namespace)
            .withName("checkout")
            .get();
    return session.getStatus() == null ? null : session.getStatus().phase();
  }

  @Test
  void twoAtOnceAgreeOnOneCertificate() throws Exception {
    int one = freePort();
    int two = freePort();
    Process first = run("first", configuration(one));
    Process second = run("second", configuration(two));

    await()
        .atMost(SOON)
        .failFast(
            () ->
                assertThat(first.isAlive() && second.isAlive())
                    .as(words("first") + words("second"))
                    .isTrue())
        .until(() -> ready(one) == 200 && ready(two) == 200);

    Secret secret =
        plane.client().secrets().inNamespace(namespace).withName(AgentCertificates.SECRET).get();
    assertThat(secret.getData()).containsOnlyKeys("ca.crt", "ca.key", "tls.crt", "tls.key");
    assertThat(words("first") + words("second")).containsOnlyOnce("certificate was made");
    assertThat(words("first") + words("second")).doesNotContain("certificate was renewed");
  }

  @Test
  void aConfigurationThatCannotBeUsedIsToldInWordsAndEndsWithTwo() throws Exception {
    Process operator = run("operator", Map.of("CRASH_MONITOR_JOIN_SECONDS", "soon"));

    assertThat(operator.waitFor(30, TimeUnit.SECONDS)).isTrue();
    assertThat(operator.exitValue()).isEqualTo(2);
    assertThat(words("operator"))
        .contains("CRASH_MONITOR_SIDECAR_IMAGE is required", "CRASH_MONITOR_JOIN_SECONDS 'soon'")
        .doesNotContain("\tat ");
  }
}
