package io.crashmonitor.testbed.cluster;

import io.crashmonitor.testbed.controlplane.Azurite;
import io.crashmonitor.testbed.controlplane.ControlPlane;
import io.crashmonitor.testbed.controlplane.Ports;
import io.crashmonitor.testbed.controlplane.Provisioned;
import io.crashmonitor.testbed.node.ImageCatalog;
import io.crashmonitor.testbed.node.NodeSettings;
import io.crashmonitor.testbed.node.WindowsNode;
import io.crashmonitor.testbed.wine.WineInstallation;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A whole cluster on this machine: control plane, one Windows node on Wine, the storage emulator,
 * our CRD and roles, and as many operators as asked for. What is simulated is the node; the rest is
 * real.
 */
public final class TestCluster implements AutoCloseable {
  /** Where the operator lives, as with an installation by chart. */
  public static final String OPERATOR_NAMESPACE = "crash-monitor";

  public static final String OPERATOR_ACCOUNT = "crash-monitor-operator";
  private static final Duration BACKOFF_BASE = Duration.ofSeconds(1);
  private static final Duration BACKOFF_MAX = Duration.ofSeconds(5);
  private static final String SERVICE =
      "crash-monitor-agent." + OPERATOR_NAMESPACE + ".svc.cluster.local";

  private final Artifacts artifacts;
  private final Path folder;
  private final ControlPlane controlPlane;
  private final Azurite azurite;
  private final WindowsNode node;
  private final Deque<AutoCloseable> parts = new ArrayDeque<>();

  private TestCluster(Artifacts artifacts, Path folder, Progress progress, boolean installed) {
    this.artifacts = artifacts;
    this.folder = folder;
    Provisioned tools = Provisioned.load();
    try {
      progress.step("control plane (etcd, API server, controller manager, scheduler)");
      controlPlane = opened(ControlPlane.start(tools, folder.resolve("control-plane")));
      progress.step("storage emulator (Azurite)");
      azurite = opened(Azurite.start(tools, folder.resolve("azurite"), Azurite.Persistence.MEMORY));
      if (installed) {
        progress.step("definition and roles");
        install();
      }
      progress.step("Windows node (Wine)");
      Path images = Images.layOut(artifacts, tools, folder.resolve("images"));
      node = opened(startNode(tools, images));
    } catch (RuntimeException e) {
      close();
      throw e;
    }
  }

  /** Told what is being started; long steps must not be silent. */
  public interface Progress {
    void step(String what);
  }

  public static TestCluster start(Artifacts artifacts, Path folder) {
    return new TestCluster(artifacts, folder, what -> {}, true);
  }

  /** A cluster that nothing of ours is installed in yet. */
  public static TestCluster startEmpty(Artifacts artifacts, Path folder) {
    return new TestCluster(artifacts, folder, what -> {}, false);
  }

  public static TestCluster start(Artifacts artifacts, Path folder, Progress progress) {
    return new TestCluster(artifacts, folder, progress, true);
  }

  public ControlPlane controlPlane() {
    return controlPlane;
  }

  public Azurite azurite() {
    return azurite;
  }

  /**
   * One node; back-off is short, so that a demonstration of crashes is not one of waiting. The
   * service's full name is what Windows pods resolve.
   */
  private WindowsNode startNode(Provisioned tools, Path images) {
    return WindowsNode.start(
        NodeSettings.of("windows-1", folder.resolve("node"), ImageCatalog.of(images))
            .withBackoff(BACKOFF_BASE, BACKOFF_MAX)
            .withRefresh(Duration.ofSeconds(2))
            .withHosts(Map.of(SERVICE, "127.0.0.1"))
            .withCa(controlPlane.ca()),
        controlPlane.client(),
        WineInstallation.from(tools));
  }

  /** A Secret {@code devstoreaccount1} with the emulator's connection string. */
  public void createStorageSecret(String namespace) {
    controlPlane
        .client()
        .resource(
            new SecretBuilder()
                .withNewMetadata()
                .withName(Azurite.ACCOUNT)
                .withNamespace(namespace)
                .endMetadata()
                .addToStringData("connectionString", azurite.connectionString())
                .build())
        .serverSideApply();
  }

  /**
   * An operator, not started yet, with the rights of the shipped roles. It ends with the cluster.
   *
   * @param namespaces to watch; none: all
   * @param overrides of its environment
   */
  public OperatorProcess operator(List<String> namespaces, Map<String, String> overrides) {
    int agentPort = Ports.free();
    int healthPort = Ports.free();
    Map<String, String> environment = new HashMap<>();
    environment.put("KUBECONFIG", operatorKubeconfig().toString());
    environment.put("CRASH_MONITOR_NAMESPACE", OPERATOR_NAMESPACE);
    environment.put("CRASH_MONITOR_WATCH_NAMESPACES", String.join(",", namespaces));
    environment.put("CRASH_MONITOR_SIDECAR_IMAGE", Images.SIDECAR);
    environment.put("CRASH_MONITOR_AGENT_PORT", Integer.toString(agentPort));
    environment.put("CRASH_MONITOR_HEALTH_PORT", Integer.toString(healthPort));
    environment.put("CRASH_MONITOR_BLOB_ENDPOINTS", Azurite.ACCOUNT + "=" + azurite.endpoint());
    environment.put("CRASH_MONITOR_ACCEPT_PROCDUMP_LICENCE", "true");
    environment.put("CRASH_MONITOR_STORAGE_POLL_SECONDS", "2");
    environment.put("CRASH_MONITOR_JOIN_SECONDS", "10");
    environment.putAll(overrides);
    return opened(
        new OperatorProcess(
            artifacts.operatorJar(),
            environment,
            healthPort,
            folder.resolve("operator-" + agentPort)));
  }

  /** The folder of this machine behind a volume of a pod. */
  public Path volume(Pod pod, String volume) {
    return node.volume(pod, volume);
  }

  public boolean isAlive() {
    return !controlPlane.pids().isEmpty();
  }

  /**
   * Runs kubectl as a user would.
   *
   * @param input for its standard input
   * @return what it printed
   * @throws IllegalStateException with its output, when it fails
   */
  public String kubectl(String namespace, String input, String... arguments) {
    List<String> command = new ArrayList<>();
    command.add(controlPlane.kubectl().toString());
    command.addAll(List.of("--kubeconfig", controlPlane.kubeconfig().toString()));
    command.addAll(List.of("--namespace", namespace));
    command.addAll(List.of(arguments));
    try {
      Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
      process.getOutputStream().write(input.getBytes(StandardCharsets.UTF_8));
      process.getOutputStream().close();
      String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      if (process.waitFor() != 0) {
        throw new IllegalStateException(
            "kubectl " + String.join(" ", arguments) + " failed: " + output);
      }
      return output;
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot run kubectl", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("Interrupted while kubectl ran", e);
    }
  }

  @Override
  public void close() {
    RuntimeException failure = null;
    for (AutoCloseable part = parts.pollLast(); part != null; part = parts.pollLast()) {
      try {
        part.close();
      } catch (Exception e) {
        failure = failure == null ? new IllegalStateException("A part did not end", e) : failure;
        failure.addSuppressed(e);
      }
    }
    if (failure != null) {
      throw failure;
    }
  }

  /**
   * What users apply, but for the Deployment: the operator runs as a process of this machine, with
   * exactly these roles.
   */
  private void install() {
    client().load(read(artifacts.installManifest())).items().stream()
        .filter(item -> !item.getKind().equals("Deployment"))
        .forEach(item -> client().resource(item).serverSideApply());
    kubectl(
        "default",
        "",
        "wait",
        "--for=condition=Established",
        "crd/crashmonitorsessions.crashmonitor.io",
        "--timeout=30s");
  }

  private KubernetesClient client() {
    return controlPlane.client();
  }

  private static InputStream read(Path file) {
    try {
      return new ByteArrayInputStream(Files.readAllBytes(file));
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot read " + file, e);
    }
  }

  /** The operator's own credentials: a token of its service account, not the administrator's. */
  private Path operatorKubeconfig() {
    String token = controlPlane.serviceAccountToken(OPERATOR_NAMESPACE, OPERATOR_ACCOUNT);
    Path file = folder.resolve("operator.kubeconfig");
    try {
      Files.writeString(
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
              .formatted(
                  controlPlane.url(),
                  java.util.Base64.getEncoder()
                      .encodeToString(
                          controlPlane.ca().certificatePem().getBytes(StandardCharsets.UTF_8)),
                  token,
                  OPERATOR_NAMESPACE));
      return file;
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot write " + file, e);
    }
  }

  private <T extends AutoCloseable> T opened(T part) {
    parts.addLast(part);
    return part;
  }
}
