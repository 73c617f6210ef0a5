package io.crashmonitor.chart.install;

import static org.assertj.core.api.Assertions.assertThat;

import io.crashmonitor.api.CrashMonitorSession;
import io.crashmonitor.chart.Command;
import io.crashmonitor.chart.Helm;
import io.crashmonitor.testbed.cluster.Artifacts;
import io.crashmonitor.testbed.cluster.TestCluster;
import io.crashmonitor.testbed.controlplane.Azurite;
import io.crashmonitor.testbed.controlplane.Ports;
import io.crashmonitor.testbed.linuxnode.LinuxImage;
import io.crashmonitor.testbed.linuxnode.LinuxNode;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * A cluster with a Linux and a Windows node that has nothing of ours, and the words of its user:
 * the operator comes into it by the chart alone, and runs from its image.
 */
final class Installation implements AutoCloseable {
  static final Duration PATIENCE = Duration.ofMinutes(5);
  private static final String IMAGE = "ghcr.io/crash-monitor/operator:0.1.0";
  private static final String DEFINITION = "crashmonitorsessions.crashmonitor.io";
  private static final String CHART = Artifacts.find().chart().toString();

  private final TestCluster cluster;
  private final LinuxNode node;
  private final int agentPort = Ports.free();
  private final int healthPort = Ports.free();

  private Installation(TestCluster cluster, LinuxNode node) {
    this.cluster = cluster;
    this.node = node;
  }

  static Installation open(Path folder) {
    Artifacts artifacts = Artifacts.find();
    TestCluster cluster = TestCluster.startEmpty(artifacts, folder.resolve("cluster"));
    try {
      LinuxImage image = LinuxImage.unpack(artifacts.operatorImage(), folder.resolve("image"));
      return new Installation(
          cluster,
          LinuxNode.start(
              "linux-1", cluster.client(), Map.of(IMAGE, image), folder.resolve("linux-1")));
    } catch (RuntimeException e) {
      cluster.close();
      throw e;
    }
  }

  KubernetesClient client() {
    return cluster.client();
  }

  /**
   * {@code helm install} or {@code upgrade}, waiting until the operator is ready. What is set is
   * only what this machine makes necessary: its sidecar image, its storage, its free ports.
   */
  void helm(Helm helm, String verb, String... options) {
    List<String> line =
        new ArrayList<>(
            List.of(
                verb,
                Helm.RELEASE,
                CHART,
                "--namespace=" + Helm.RELEASE,
                "--set=procdump.acceptLicence=true",
                "--set=sidecar.image.repository=crash-monitor/sidecar,sidecar.image.tag=dev",
                "--set=storage.pollSeconds=2",
                "--set=storage.allowedEndpoints."
                    + Azurite.ACCOUNT
                    + "="
                    + cluster.azurite().endpoint(),
                "--set=agent.port=" + agentPort,
                "--set=health.port=" + healthPort,
                "--set=extraEnv[0].name=CRASH_MONITOR_JOIN_SECONDS",
                "--set-string=extraEnv[0].value=5",
                "--wait",
                "--timeout=4m"));
    line.addAll(List.of(options));
    Command.Result result = command(helm, line.toArray(String[]::new)).run();
    assertThat(result.exitCode())
        .as(() -> result + "\n" + result.output() + result.errors() + "\n" + operatorLog())
        .isZero();
  }

  /**
   * Applies {@code install.yaml} through an overlay that says what this machine makes necessary.
   */
  void kubectl(Path overlay) throws IOException {
    Files.createDirectories(overlay);
    Files.copy(
        Artifacts.find().installManifest(),
        overlay.resolve("install.yaml"),
        StandardCopyOption.REPLACE_EXISTING);
    Files.writeString(
        overlay.resolve("kustomization.yaml"),
        """
        resources: [install.yaml]
        patches:
          - patch: |-
              apiVersion: apps/v1
              kind: Deployment
              metadata: {name: crash-monitor-operator, namespace: crash-monitor}
              spec:
                template:
                  spec:
                    containers:
                      - name: operator
                        env:
                          - {name: CRASH_MONITOR_SIDECAR_IMAGE, value: "crash-monitor/sidecar:dev"}
                          - {name: CRASH_MONITOR_BLOB_ENDPOINTS, value: "%s=%s"}
                          - {name: CRASH_MONITOR_AGENT_PORT, value: "%d"}
                          - {name: CRASH_MONITOR_HEALTH_PORT, value: "%d"}
          - target: {kind: Deployment, name: crash-monitor-operator}
            patch: |-
              - {op: replace, path: /spec/template/spec/containers/0/ports/0/containerPort, value: %3$d}
              - {op: replace, path: /spec/template/spec/containers/0/ports/1/containerPort, value: %4$d}
        """
            .formatted(Azurite.ACCOUNT, cluster.azurite().endpoint(), agentPort, healthPort));
    cluster.kubectl(Helm.RELEASE, "", "apply", "--server-side", "-k", overlay.toString());
    awaitRollout();
  }

  /** By the command at the head of {@code install.yaml}. */
  void acceptLicence() throws IOException {
    String command =
        Files.readString(Artifacts.find().installManifest())
            .lines()
            .filter(line -> line.startsWith("#   kubectl") && line.contains("LICENCE"))
            .findFirst()
            .orElseThrow();
    cluster.kubectl(Helm.RELEASE, "", command.substring(command.indexOf("--")).split(" "));
    awaitRollout();
  }

  private void awaitRollout() {
    cluster.kubectl(
        Helm.RELEASE, "", "rollout", "status", "deployment/crash-monitor-operator", "--timeout=4m");
  }

  void removeByKubectl(Path overlay) {
    cluster.kubectl(Helm.RELEASE, "", "delete", "-k", overlay.toString(), "--timeout=3m");
  }

  /** Everything of ours, however it came; the definition too, and what a failed test left. */
  void deleteAll() {
    if (client().apiextensions().v1().customResourceDefinitions().withName(DEFINITION).get()
        != null) {
      // There may be no operator any more that would take its finalizer off.
      client()
          .resources(CrashMonitorSession.class)
          .inAnyNamespace()
          .resources()
          .forEach(
              session ->
                  session.patch(
                      PatchContext.of(PatchType.JSON_MERGE),
                      "{\"metadata\":{\"finalizers\":null}}"));
    }
    cluster.kubectl(
        Helm.RELEASE,
        "",
        "delete",
        "--ignore-not-found",
        "--timeout=3m",
        "-f",
        Artifacts.find().installManifest().toString());
  }

  Command command(Helm helm, String... arguments) {
    return helm.command(arguments).with("KUBECONFIG", cluster.kubeconfig().toString());
  }

  /** The operator's pod; there is one, and it is not on its way out. */
  Pod operatorPod() {
    List<Pod> pods =
        client()
            .pods()
            .inNamespace(Helm.RELEASE)
            .withLabel("app.kubernetes.io/component", "operator")
            .list()
            .getItems()
            .stream()
            .filter(pod -> pod.getMetadata().getDeletionTimestamp() == null)
            .toList();
    assertThat(pods).hasSize(1);
    return pods.get(0);
  }

  /** A namespace with the storage's Secret and a Windows app that crashes. */
  Shop shop() {
    String namespace = cluster.newNamespace("shop");
    cluster.createStorageSecret(namespace);
    cluster.kubectl(
        namespace,
        """
        apiVersion: apps/v1
        kind: Deployment
        metadata: {name: checkout}
        spec:
          replicas: 1
          selector: {matchLabels: {app: checkout}}
          template:
            metadata: {labels: {app: checkout}}
            spec:
              nodeSelector: {kubernetes.io/os: windows}
              terminationGracePeriodSeconds: 2
              containers:
                - name: app
                  image: crash-monitor/sample-crasher:1
                  args: [--crash, av, --after, "6000"]
        """,
        "apply",
        "-f",
        "-");
    return new Shop(cluster, namespace, this::operatorLog);
  }

  /** The end of what the operator's pod has logged, for messages. */
  String operatorLog() {
    try {
      String all = wholeOperatorLog();
      return all.substring(Math.max(0, all.length() - 6000));
    } catch (AssertionError noPod) {
      return "no log of the operator: " + noPod.getMessage();
    }
  }

  /** All that the operator's present pod has logged. */
  String wholeOperatorLog() {
    StringBuilder all = new StringBuilder();
    try (Stream<Path> files = Files.list(node.folder(operatorPod()))) {
      for (Path log : files.filter(f -> f.toString().endsWith(".log")).sorted().toList()) {
        all.append(log).append('\n').append(Files.readString(log));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return all.toString();
  }

  @Override
  public void close() {
    node.close();
    cluster.close();
  }
}
