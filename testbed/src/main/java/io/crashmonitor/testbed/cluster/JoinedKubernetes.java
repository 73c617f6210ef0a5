package io.crashmonitor.testbed.cluster;

import io.crashmonitor.testbed.controlplane.Provisioned;
import io.crashmonitor.testbed.controlplane.Tool;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;

/**
 * Somebody else's cluster, known by its kubeconfig: the operator comes into it by the chart and
 * from its image, as with users.
 */
final class JoinedKubernetes implements Kubernetes {
  private static final long NAMESPACE_SECONDS = 60;

  private final Artifacts artifacts;
  private final Provisioned tools;
  private final Path kubeconfig;
  private final Surroundings surroundings;
  private final KubernetesClient client;
  private final PodHost host;
  private final Runnable end;

  private JoinedKubernetes(
      Artifacts artifacts,
      Provisioned tools,
      Path kubeconfig,
      Surroundings surroundings,
      KubernetesClient client,
      PodHost host,
      Runnable end) {
    this.artifacts = artifacts;
    this.tools = tools;
    this.kubeconfig = kubeconfig;
    this.surroundings = surroundings;
    this.client = client;
    this.host = host;
    this.end = end;
  }

  /** Makes the host of the operator's pods for a client of the cluster. */
  interface Hosts {
    PodHost open(KubernetesClient client);
  }

  /**
   * @param end run when this is closed, after everything else
   */
  static JoinedKubernetes join(
      Artifacts artifacts,
      Provisioned tools,
      Path kubeconfig,
      Surroundings surroundings,
      Hosts hosts,
      Runnable end) {
    KubernetesClient client = client(kubeconfig);
    try {
      PodHost host = hosts.open(client);
      return new JoinedKubernetes(artifacts, tools, kubeconfig, surroundings, client, host, end);
    } catch (RuntimeException e) {
      client.close();
      end.run();
      throw e;
    }
  }

  static KubernetesClient client(Path kubeconfig) {
    return new KubernetesClientBuilder()
        .withConfig(Config.fromKubeconfig(kubeconfig.toFile()))
        .build();
  }

  @Override
  public KubernetesClient client() {
    return client;
  }

  @Override
  public Path kubeconfig() {
    return kubeconfig;
  }

  @Override
  public Surroundings surroundings() {
    return surroundings;
  }

  @Override
  public String newNamespace(String prefix) {
    String name =
        prefix + "-" + Integer.toString(ThreadLocalRandom.current().nextInt(1 << 20, 1 << 25), 36);
    client
        .resource(new NamespaceBuilder().withNewMetadata().withName(name).endMetadata().build())
        .create();
    client
        .serviceAccounts()
        .inNamespace(name)
        .withName("default")
        .waitUntilCondition(Objects::nonNull, NAMESPACE_SECONDS, TimeUnit.SECONDS);
    return name;
  }

  /** The chart brings everything. */
  @Override
  public void install(TestCluster.Progress progress) {}

  @Override
  public Operator operator(Map<String, String> environment, Path folder) {
    return new OperatorRelease(
        client,
        Program.with("KUBECONFIG", kubeconfig.toString()),
        tools.path(Tool.HELM4),
        artifacts.chart(),
        host,
        ChartValues.of(environment, host),
        folder);
  }

  /** Whoever it belongs to watches it. */
  @Override
  public boolean isAlive() {
    return true;
  }

  @Override
  public void close() {
    try {
      host.close();
      client.close();
    } finally {
      end.run();
    }
  }
}
