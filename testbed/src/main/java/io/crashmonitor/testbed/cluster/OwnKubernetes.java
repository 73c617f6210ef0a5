package io.crashmonitor.testbed.cluster;

import io.crashmonitor.testbed.controlplane.ControlPlane;
import io.crashmonitor.testbed.controlplane.Ports;
import io.crashmonitor.testbed.controlplane.Provisioned;
import io.crashmonitor.testbed.controlplane.Tool;
import io.crashmonitor.testbed.node.KubeletTls;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;

/** A control plane of our own, without a node for the operator: that is a process beside it. */
final class OwnKubernetes implements Kubernetes {
  private static final String LOOPBACK = "127.0.0.1";

  private final Artifacts artifacts;
  private final Provisioned tools;
  private final ControlPlane controlPlane;

  private OwnKubernetes(Artifacts artifacts, Provisioned tools, ControlPlane controlPlane) {
    this.artifacts = artifacts;
    this.tools = tools;
    this.controlPlane = controlPlane;
  }

  static OwnKubernetes start(Artifacts artifacts, Provisioned tools, Path folder) {
    return new OwnKubernetes(artifacts, tools, ControlPlane.start(tools, folder));
  }

  @Override
  public KubernetesClient client() {
    return controlPlane.client();
  }

  @Override
  public Path kubeconfig() {
    return controlPlane.kubeconfig();
  }

  @Override
  public Surroundings surroundings() {
    return new Surroundings(LOOPBACK, LOOPBACK, KubeletTls.of(controlPlane.ca()));
  }

  @Override
  public String newNamespace(String prefix) {
    return controlPlane.newNamespace(prefix);
  }

  /** What users apply, but for the Deployment: the operator has exactly these roles. */
  @Override
  public void install(TestCluster.Progress progress) {
    progress.step("definition and roles");
    client().load(new ByteArrayInputStream(read(artifacts.installManifest()))).items().stream()
        .filter(item -> !item.getKind().equals("Deployment"))
        .forEach(item -> client().resource(item).serverSideApply());
    Program.with("KUBECONFIG", kubeconfig().toString())
        .run(
            tools.path(Tool.KUBECTL).toString(),
            "wait",
            "--for=condition=Established",
            "crd/crashmonitorsessions.crashmonitor.io",
            "--timeout=2m");
  }

  @Override
  public Operator operator(Map<String, String> environment, Path folder) {
    int healthPort = Ports.free();
    Map<String, String> whole = new HashMap<>();
    whole.put("KUBECONFIG", operatorKubeconfig(folder).toString());
    whole.put("CRASH_MONITOR_NAMESPACE", TestCluster.OPERATOR_NAMESPACE);
    whole.put("CRASH_MONITOR_AGENT_PORT", Integer.toString(Ports.free()));
    whole.put("CRASH_MONITOR_HEALTH_PORT", Integer.toString(healthPort));
    whole.putAll(environment);
    return new OperatorProcess(artifacts.operatorJar(), whole, healthPort, folder);
  }

  @Override
  public boolean isAlive() {
    return !controlPlane.pids().isEmpty();
  }

  @Override
  public void close() {
    controlPlane.close();
  }

  /** The operator's own credentials: a token of its service account, not the administrator's. */
  private Path operatorKubeconfig(Path folder) {
    String token =
        controlPlane.serviceAccountToken(
            TestCluster.OPERATOR_NAMESPACE, TestCluster.OPERATOR_ACCOUNT);
    String authority =
        Base64.getEncoder()
            .encodeToString(controlPlane.ca().certificatePem().getBytes(StandardCharsets.UTF_8));
    Path file = folder.resolve("kubeconfig");
    try {
      Files.createDirectories(folder);
      return Files.writeString(
          file,
          """
          apiVersion: v1
          kind: Config
          clusters:
            - name: testbed
              cluster: {server: "%s", certificate-authority-data: "%s"}
          users:
            - name: operator
              user: {token: "%s"}
          contexts:
            - name: testbed
              context: {cluster: testbed, user: operator, namespace: %s}
          current-context: testbed
          """
              .formatted(controlPlane.url(), authority, token, TestCluster.OPERATOR_NAMESPACE));
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot write " + file, e);
    }
  }

  private static byte[] read(Path file) {
    try {
      return Files.readAllBytes(file);
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot read " + file, e);
    }
  }
}
