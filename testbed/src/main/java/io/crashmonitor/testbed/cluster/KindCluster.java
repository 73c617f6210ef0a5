package io.crashmonitor.testbed.cluster;

import io.crashmonitor.testbed.controlplane.Provisioned;
import io.crashmonitor.testbed.controlplane.TestCa;
import io.crashmonitor.testbed.node.KubeletTls;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.NodeAddress;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.ServiceBuilder;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Base64;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A kind cluster of one Linux node, made for this JVM and deleted with it. Storage and the Windows
 * node stay on this machine: pods and API server reach them at the gateway of kind's network, and
 * this machine reaches the agent endpoint at the node, by a Service of type NodePort.
 */
final class KindCluster implements PodHost {
  /** Of kind 0.31.0's release notes. */
  private static final String NODE_IMAGE =
      "kindest/node:v1.35.0@sha256:452d707d4862f52530247495d180205e029056831160e22870e37e3f6c1ac31f";

  /** As the build's profile kind names it. */
  private static final String IMAGE = "crash-monitor/operator:kind";

  /** In the range of node ports; the endpoint has the same, so that one address fits both sides. */
  private static final int AGENT_PORT = 31443;

  private static final int HEALTH_PORT = 8081;
  private static final Pattern GATEWAY = Pattern.compile("\\bvia (\\S+)");

  private final String engine;
  private final String node;
  private final KubernetesClient client;

  private KindCluster(String engine, String node, KubernetesClient client) {
    this.engine = engine;
    this.node = node;
    this.client = client;
  }

  /** Why there can be none here; empty where there can. */
  static Optional<String> obstacle(Artifacts artifacts) {
    return Optional.of(Program.PLAIN.run(artifacts.kindObstacle().toString()).strip())
        .filter(reason -> !reason.isEmpty());
  }

  /**
   * Makes one: a minute, and the download of its node's image.
   *
   * @throws ObstacleException where its pods could not reach this machine
   */
  static JoinedKubernetes create(Artifacts artifacts, Provisioned tools, Path folder) {
    String name = "crash-monitor-" + ProcessHandle.current().pid();
    String node = name + "-control-plane";
    Path kubeconfig = folder.resolve("kubeconfig");
    Program kind = Program.with("KUBECONFIG", kubeconfig.toString());
    Runnable delete = () -> kind.run("kind", "delete", "cluster", "--name", name);
    try {
      kind.run("kind", "create", "cluster", "--name", name, "--image", NODE_IMAGE, "--wait", "5m");
      String image = artifacts.kindImage().toString();
      kind.run("kind", "load", "image-archive", image, "--name", name);
      String engine = engine(node);
      return JoinedKubernetes.join(
          artifacts,
          tools,
          kubeconfig,
          surroundings(engine, node, kubeconfig),
          client -> open(engine, node, client),
          delete);
    } catch (RuntimeException e) {
      delete.run();
      throw e;
    }
  }

  /** What kind took: docker where there is one. */
  private static String engine(String node) {
    try {
      Program.PLAIN.run("docker", "inspect", node);
      return "docker";
    } catch (RuntimeException notDocker) {
      return "podman";
    }
  }

  private static Surroundings surroundings(String engine, String node, Path kubeconfig) {
    Matcher route =
        GATEWAY.matcher(
            Program.PLAIN.run(engine, "exec", node, "ip", "-4", "route", "show", "default"));
    if (!route.find() || !isOurs(route.group(1))) {
      throw new ObstacleException(
          "the gateway of kind's network is no address of this machine (%s runs in a machine of its own)"
              .formatted(engine));
    }
    try (KubernetesClient client = JoinedKubernetes.client(kubeconfig)) {
      return new Surroundings(
          route.group(1), address(client, node), tls(client.getConfiguration()));
    }
  }

  private static String address(KubernetesClient client, String node) {
    return client.nodes().withName(node).get().getStatus().getAddresses().stream()
        .filter(address -> address.getType().equals("InternalIP"))
        .map(NodeAddress::getAddress)
        .filter(address -> address.contains("."))
        .findFirst()
        .orElseThrow(() -> new IllegalStateException("node " + node + " has no IPv4 address"));
  }

  /**
   * kubeadm signs the API server's client certificate by the cluster's authority, and takes any
   * certificate of a kubelet.
   */
  private static KubeletTls tls(Config config) {
    return new KubeletTls(
        new TestCa("testbed-node", Clock.systemUTC().instant()),
        new String(Base64.getDecoder().decode(config.getCaCertData()), StandardCharsets.US_ASCII));
  }

  private static boolean isOurs(String address) {
    try (ServerSocket socket = new ServerSocket()) {
      socket.bind(new InetSocketAddress(InetAddress.getByName(address), 0));
      return true;
    } catch (IOException notOurs) {
      return false;
    }
  }

  /** With a way from this machine to the agent endpoint, beside the chart's own Service. */
  private static KindCluster open(String engine, String node, KubernetesClient client) {
    String namespace = TestCluster.OPERATOR_NAMESPACE;
    client
        .resource(
            new NamespaceBuilder().withNewMetadata().withName(namespace).endMetadata().build())
        .serverSideApply();
    client
        .resource(
            new ServiceBuilder()
                .withNewMetadata()
                .withName("agent-node-port")
                .withNamespace(namespace)
                .endMetadata()
                .withNewSpec()
                .withType("NodePort")
                .addToSelector("app.kubernetes.io/component", "operator")
                .addNewPort()
                .withPort(AGENT_PORT)
                .withNodePort(AGENT_PORT)
                .withNewTargetPort("agent")
                .endPort()
                .endSpec()
                .build())
        .serverSideApply();
    return new KindCluster(engine, node, client);
  }

  @Override
  public String image() {
    return IMAGE;
  }

  @Override
  public int agentPort() {
    return AGENT_PORT;
  }

  @Override
  public int healthPort() {
    return HEALTH_PORT;
  }

  /** The container's own process 1 cannot be killed from inside the container. */
  @Override
  public void kill(Pod pod) {
    String id = pod.getStatus().getContainerStatuses().get(0).getContainerID();
    Program.PLAIN.run(
        engine,
        "exec",
        node,
        "sh",
        "-ec",
        "kill -9 $(crictl inspect --output go-template --template '{{.info.pid}}' %s)"
            .formatted(id.substring(id.indexOf("://") + 3)));
  }

  @Override
  public String log(Pod pod) {
    return client.pods().resource(pod).getLog();
  }

  /** The whole cluster goes. */
  @Override
  public void close() {}
}
