package io.crashmonitor.testbed.controlplane;

import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.authentication.TokenRequest;
import io.fabric8.kubernetes.api.model.authentication.TokenRequestBuilder;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.BooleanSupplier;

/**
 * A real Kubernetes control plane on 127.0.0.1: etcd, API server (RBAC on), controller manager and
 * scheduler. Service accounts, TokenRequest and TokenReview, server-side apply, CEL, garbage
 * collection and roll-outs are the real ones. It has no node and no kubelet; the API server asks
 * kubelets for logs at a node's InternalIP and trusts certificates of {@link #ca()}.
 *
 * <p>Closing ends all four servers and deletes etcd's data; the logs stay.
 */
public final class ControlPlane implements AutoCloseable {
  /** How long each server may take to get ready; seconds on a quiet machine. */
  private static final Duration START = Duration.ofSeconds(120);

  private final Provisioned tools;
  private final Path folder;
  private final Credentials credentials;
  private final String url;
  private final Deque<ServerProcess> servers = new ArrayDeque<>();
  private final List<KubernetesClient> clients = new CopyOnWriteArrayList<>();
  private final KubernetesClient client;

  private ControlPlane(Provisioned tools, Path folder, int port) {
    this.tools = tools;
    this.folder = folder;
    this.url = "https://127.0.0.1:" + port;
    this.credentials =
        Credentials.create(
            folder.resolve("pki"), new TestCa("testbed", Clock.systemUTC().instant()), url);
    this.client = open(adminConfig().build());
  }

  /**
   * Starts all servers and waits until they work: about 6 s on two quiet cores.
   *
   * @param folder for keys, logs and data; made if it is not there
   * @throws IllegalStateException when a tool is missing or a server does not get ready, with the
   *     tail of its log
   */
  public static ControlPlane start(Provisioned tools, Path folder) {
    int port = Ports.free();
    ControlPlane started = new ControlPlane(tools, folder.toAbsolutePath(), port);
    try {
      started.startServers(port);
      return started;
    } catch (RuntimeException e) {
      started.close();
      throw e;
    }
  }

  /** The address of the API server, {@code https://127.0.0.1:<port>}. */
  public String url() {
    return url;
  }

  /** The administrator's client; closed with the control plane. */
  public KubernetesClient client() {
    return client;
  }

  /**
   * A client that acts as somebody else (impersonation): for tests of roles. Closed with the
   * control plane.
   */
  public KubernetesClient clientAs(String user, String... groups) {
    return open(adminConfig().withImpersonateUsername(user).withImpersonateGroups(groups).build());
  }

  /**
   * A client with a real token of a service account, as a pod's process has it; good for an hour.
   * Closed with the control plane.
   */
  public KubernetesClient clientAsServiceAccount(String namespace, String name) {
    return open(adminConfig().withOauthToken(serviceAccountToken(namespace, name)).build());
  }

  /**
   * A token by TokenRequest.
   *
   * @param audiences none: the API server itself
   */
  public String serviceAccountToken(String namespace, String name, String... audiences) {
    TokenRequest request =
        new TokenRequestBuilder()
            .withNewSpec()
            .withAudiences(audiences)
            .withExpirationSeconds(3600L)
            .endSpec()
            .build();
    return client
        .serviceAccounts()
        .inNamespace(namespace)
        .withName(name)
        .tokenRequest(request)
        .getStatus()
        .getToken();
  }

  /** The administrator's kubeconfig, for kubectl, helm and programs under test. */
  public Path kubeconfig() {
    return credentials.kubeconfig();
  }

  /** A kubectl of the API server's version. */
  public Path kubectl() {
    return tools.path(Tool.KUBECTL);
  }

  /** Whose certificates the API server trusts of kubelets, and of clients. */
  public TestCa ca() {
    return credentials.ca();
  }

  /** A log for each server, {@code <name>.log}. */
  public Path logs() {
    return folder.resolve("logs");
  }

  /** The process ids of the living servers. */
  public List<Long> pids() {
    return servers.stream().filter(ServerProcess::isAlive).map(ServerProcess::pid).toList();
  }

  /**
   * Makes a namespace that no other test has, and waits until pods can be made in it.
   *
   * @param prefix a DNS label of at most 50 characters
   * @return its name
   */
  public String newNamespace(String prefix) {
    String name =
        prefix + "-" + Integer.toString(ThreadLocalRandom.current().nextInt(1 << 20, 1 << 25), 36);
    client
        .resource(new NamespaceBuilder().withNewMetadata().withName(name).endMetadata().build())
        .create();
    awaitServiceAccount(name);
    return name;
  }

  @Override
  public void close() {
    clients.forEach(KubernetesClient::close);
    // Last started, first stopped: no server is left without the one it talks to.
    for (ServerProcess server = servers.pollLast(); server != null; server = servers.pollLast()) {
      server.close();
    }
    Folders.delete(folder.resolve("etcd"));
  }

  private void startServers(int port) {
    int etcdPort = Ports.free();
    ServerProcess etcd =
        run(
            "etcd",
            ServerCommands.etcd(
                tools.path(Tool.ETCD), folder.resolve("etcd"), etcdPort, Ports.free()));
    etcd.await("accepts connections", START, () -> Ports.accepts(etcdPort));
    ServerProcess apiServer =
        run(
            "kube-apiserver",
            ServerCommands.apiServer(
                tools.path(Tool.KUBE_APISERVER),
                credentials,
                folder.resolve("pki"),
                etcdPort,
                port));
    // Not the administrator's client, which waits longer and longer between its own retries.
    try (KubernetesClient probe =
        new KubernetesClientBuilder()
            .withConfig(adminConfig().withRequestRetryBackoffLimit(0).build())
            .build()) {
      apiServer.await("/readyz says ok", START, answers(() -> "ok".equals(probe.raw("/readyz"))));
    }
    ServerProcess controllers =
        run(
            "kube-controller-manager",
            ServerCommands.controllerManager(
                tools.path(Tool.KUBE_CONTROLLER_MANAGER), credentials, folder));
    run("kube-scheduler", ServerCommands.scheduler(tools.path(Tool.KUBE_SCHEDULER), credentials));
    controllers.await("makes service accounts", START, answers(() -> hasServiceAccount("default")));
  }

  private ServerProcess run(String name, List<String> command) {
    ServerProcess server = ServerProcess.start(name, command, Map.of(), logs());
    servers.addLast(server);
    return server;
  }

  private void awaitServiceAccount(String namespace) {
    servers
        .peekLast()
        .await(
            "service account default in " + namespace,
            START,
            answers(() -> hasServiceAccount(namespace)));
  }

  private boolean hasServiceAccount(String namespace) {
    return client.serviceAccounts().inNamespace(namespace).withName("default").get() != null;
  }

  private ConfigBuilder adminConfig() {
    return new ConfigBuilder(Config.empty())
        .withMasterUrl(url)
        .withCaCertFile(credentials.caFile().toString())
        .withOauthToken(credentials.adminToken())
        .withNamespace("default");
  }

  private KubernetesClient open(Config config) {
    KubernetesClient opened = new KubernetesClientBuilder().withConfig(config).build();
    clients.add(opened);
    return opened;
  }

  /** A server that does not answer yet, or not yet well, is not ready. */
  private static BooleanSupplier answers(BooleanSupplier question) {
    return () -> {
      try {
        return question.getAsBoolean();
      } catch (KubernetesClientException notYet) {
        return false;
      }
    };
  }
}
