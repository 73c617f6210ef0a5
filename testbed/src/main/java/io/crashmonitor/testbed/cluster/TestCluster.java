package io.crashmonitor.testbed.cluster;

import io.crashmonitor.testbed.controlplane.Azurite;
import io.crashmonitor.testbed.controlplane.Provisioned;
import io.crashmonitor.testbed.controlplane.Tool;
import io.crashmonitor.testbed.node.ImageCatalog;
import io.crashmonitor.testbed.node.NodeSettings;
import io.crashmonitor.testbed.node.WindowsNode;
import io.crashmonitor.testbed.wine.WineInstallation;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A whole cluster: Kubernetes, one Windows node on Wine, the storage emulator, our CRD and roles,
 * and an operator. What is simulated is the node; the rest is real.
 */
public final class TestCluster implements AutoCloseable {
  /** Where the operator lives, as with an installation by chart. */
  public static final String OPERATOR_NAMESPACE = "crash-monitor";

  public static final String OPERATOR_ACCOUNT = "crash-monitor-operator";
  private static final Duration BACKOFF_BASE = Duration.ofSeconds(1);
  private static final Duration BACKOFF_MAX = Duration.ofSeconds(5);
  private static final String SERVICE =
      "crash-monitor-agent." + OPERATOR_NAMESPACE + ".svc.cluster.local";

  private final Path folder;
  private final Provisioned tools = Provisioned.load();
  private final Kubernetes kubernetes;
  private final Azurite azurite;
  private final WindowsNode node;
  private final Deque<AutoCloseable> parts = new ArrayDeque<>();
  private int operators;

  private TestCluster(
      Artifacts artifacts, Path folder, Base base, Progress progress, boolean installed) {
    this.folder = folder;
    try {
      progress.step(base.description());
      kubernetes = opened(base.open(artifacts, tools, folder.resolve("control-plane")));
      progress.step("storage emulator (Azurite)");
      azurite =
          opened(
              Azurite.start(
                  tools,
                  folder.resolve("azurite"),
                  Azurite.Persistence.MEMORY,
                  kubernetes.surroundings().machine()));
      if (installed) {
        kubernetes.install(progress);
      }
      progress.step("Windows node (Wine)");
      node = opened(startNode(Images.layOut(artifacts, tools, images())));
    } catch (RuntimeException e) {
      close();
      throw e;
    }
  }

  /** Told what is being started; long steps must not be silent. */
  public interface Progress {
    void step(String what);
  }

  /** A cluster that nothing of ours is installed in yet. */
  public static TestCluster startEmpty(Artifacts artifacts, Path folder) {
    return new TestCluster(artifacts, folder, Base.OWN, what -> {}, false);
  }

  /**
   * A cluster that operators can be started in.
   *
   * @throws ObstacleException where this machine cannot have one on that base
   */
  public static TestCluster start(Artifacts artifacts, Path folder, Base base, Progress progress) {
    return new TestCluster(artifacts, folder, base, progress, true);
  }

  /** The node's catalogue of images: what is added to the folder can be pulled at once. */
  public Path images() {
    return folder.resolve("images");
  }

  /** The administrator's client; closed with the cluster. */
  public KubernetesClient client() {
    return kubernetes.client();
  }

  /** The administrator's. */
  public Path kubeconfig() {
    return kubernetes.kubeconfig();
  }

  public Path kubectl() {
    return tools.path(Tool.KUBECTL);
  }

  public Azurite azurite() {
    return azurite;
  }

  /**
   * Makes a namespace that no other test has, and waits until pods can be made in it.
   *
   * @param prefix a DNS label of at most 50 characters
   * @return its name
   */
  public String newNamespace(String prefix) {
    return kubernetes.newNamespace(prefix);
  }

  /**
   * One node; back-off is short, so that a demonstration of crashes is not one of waiting. The
   * service's full name is what Windows pods resolve.
   */
  private WindowsNode startNode(Path images) {
    Surroundings surroundings = kubernetes.surroundings();
    return WindowsNode.start(
        NodeSettings.of("windows-1", folder.resolve("node"), ImageCatalog.of(images))
            .withAddress(surroundings.machine())
            .withBackoff(BACKOFF_BASE, BACKOFF_MAX)
            .withRefresh(Duration.ofSeconds(2))
            .withHosts(Map.of(SERVICE, surroundings.agents()))
            .withTls(surroundings.tls()),
        client(),
        WineInstallation.from(tools));
  }

  /** A Secret {@code devstoreaccount1} with the emulator's connection string. */
  public void createStorageSecret(String namespace) {
    client()
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
   * An operator, not started yet, with the rights of the shipped roles.
   *
   * @param namespaces to watch; none: all
   * @param overrides of its environment
   */
  public Operator operator(List<String> namespaces, Map<String, String> overrides) {
    Map<String, String> environment = new HashMap<>();
    environment.put("CRASH_MONITOR_WATCH_NAMESPACES", String.join(",", namespaces));
    environment.put("CRASH_MONITOR_SIDECAR_IMAGE", Images.SIDECAR);
    environment.put("CRASH_MONITOR_BLOB_ENDPOINTS", Azurite.ACCOUNT + "=" + azurite.endpoint());
    environment.put("CRASH_MONITOR_ACCEPT_PROCDUMP_LICENCE", "true");
    environment.put("CRASH_MONITOR_STORAGE_POLL_SECONDS", "2");
    environment.put("CRASH_MONITOR_JOIN_SECONDS", "10");
    environment.putAll(overrides);
    operators++;
    return opened(kubernetes.operator(environment, folder.resolve("operator-" + operators)));
  }

  /** The folder of this machine behind a volume of a pod. */
  public Path volume(Pod pod, String volume) {
    return node.volume(pod, volume);
  }

  public boolean isAlive() {
    return kubernetes.isAlive();
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
    command.add(kubectl().toString());
    command.add("--namespace=" + namespace);
    command.addAll(List.of(arguments));
    return Program.with("KUBECONFIG", kubeconfig().toString()).run(input, command);
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

  private <T extends AutoCloseable> T opened(T part) {
    parts.addLast(part);
    return part;
  }
}
