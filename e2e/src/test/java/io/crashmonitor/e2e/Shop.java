package io.crashmonitor.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.azure.storage.blob.BlobContainerClient;
import com.azure.storage.blob.models.BlobItem;
import com.fasterxml.jackson.databind.JsonNode;
import io.crashmonitor.api.CrashMonitorSession;
import io.crashmonitor.api.CrashMonitorSessionStatus;
import io.crashmonitor.api.Names;
import io.crashmonitor.api.Phase;
import io.crashmonitor.testbed.cluster.Operator;
import io.crashmonitor.testbed.cluster.TestCluster;
import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.fabric8.kubernetes.client.dsl.RollableScalableResource;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * One test's namespace, with an operator of its own that watches just that, and the words the tests
 * are written in.
 */
final class Shop implements AutoCloseable {
  /** Bounds a wait for something that a healthy system does in seconds; two cores can be busy. */
  static final Duration PATIENCE = Duration.ofMinutes(5);

  private final TestCluster cluster;
  private final String namespace;
  private final Operator operator;

  private Shop(TestCluster cluster, String namespace, Operator operator) {
    this.cluster = cluster;
    this.namespace = namespace;
    this.operator = operator;
  }

  /**
   * @param overrides of the operator's environment
   */
  static Shop open(String prefix, Map<String, String> overrides) {
    TestCluster cluster = SharedCluster.get();
    String namespace = cluster.newNamespace(prefix);
    cluster.createStorageSecret(namespace);
    Operator operator = cluster.operator(List.of(namespace), overrides);
    operator.start();
    return new Shop(cluster, namespace, operator);
  }

  static Shop open(String prefix) {
    return open(prefix, Map.of());
  }

  /** Lets the operator and its agents reach the emulator by another address. */
  void storageBy(String endpoint) {
    String ours = cluster.azurite().connectionString();
    cluster.kubectl(
        namespace,
        """
        apiVersion: v1
        kind: Secret
        metadata: {name: devstoreaccount1}
        stringData: {connectionString: '%s'}
        """
            .formatted(ours.replace(cluster.azurite().endpoint(), endpoint)),
        "apply",
        "--server-side",
        "--force-conflicts",
        "-f",
        "-");
  }

  KubernetesClient client() {
    return cluster.client();
  }

  Operator operator() {
    return operator;
  }

  TestCluster cluster() {
    return cluster;
  }

  String namespace() {
    return namespace;
  }

  /** A Windows Deployment of the sample application; its pods are up when this returns. */
  void deploy(String name, int replicas, String... arguments) {
    deploy(name, replicas, 2, "args: " + Serialization.asJson(arguments));
  }

  /** One pod that has this many seconds to end; others have two. */
  void deployWithGrace(String name, int seconds, String... arguments) {
    deploy(name, 1, seconds, "args: " + Serialization.asJson(arguments));
  }

  /** The same, with a command of the user's own in place of the image's. */
  void deployCommand(String name, String... command) {
    deploy(name, 1, 2, "command: " + Serialization.asJson(command));
  }

  private void deploy(String name, int replicas, int grace, String program) {
    apply(
        """
        apiVersion: apps/v1
        kind: Deployment
        metadata:
          name: %1$s
        spec:
          replicas: %2$d
          selector:
            matchLabels: {app: %1$s}
          template:
            metadata:
              labels: {app: %1$s}
            spec:
              nodeSelector:
                kubernetes.io/os: windows
              terminationGracePeriodSeconds: %4$d
              containers:
                - name: app
                  image: crash-monitor/sample-crasher:1
                  %3$s
                  volumeMounts:
                    - {name: data, mountPath: 'C:\\data'}
              volumes:
                - {name: data, emptyDir: {}}
        """
            .formatted(name, replicas, program, grace));
  }

  /** Options of the sample application: to crash in that way at {@link #crashNow}. */
  static String[] whenTold(String crash) {
    return new String[] {"--crash", crash, "--when", "C:\\data\\go"};
  }

  /** Lets all pods of a Deployment crash once that were deployed with {@link #whenTold}. */
  void crashNow(String name) throws IOException {
    for (Pod pod : pods(name)) {
      crashNow(pod);
    }
  }

  void crashNow(Pod pod) throws IOException {
    Files.createFile(cluster.volume(pod, "data").resolve("go"));
  }

  /** What our container of the pod wrote. */
  String agentLog(Pod pod) {
    return client().pods().resource(pod).inContainer(Names.SIDECAR).getLog();
  }

  /** A session on a Deployment of the same name; {@code more} are further lines of its spec. */
  void monitor(String name, int maxDumps, String... more) {
    apply(
        """
        apiVersion: crashmonitor.io/v1alpha1
        kind: CrashMonitorSession
        metadata:
          name: %1$s
        spec:
          target: {kind: Deployment, name: %1$s}
          storage:
            azureBlob:
              account: devstoreaccount1
              container: %2$s
              auth: {secretRef: {name: devstoreaccount1}}
          maxDumps: %3$d
        """
                .formatted(name, container(), maxDumps)
            + String.join("", List.of(more).stream().map(line -> "  " + line + "\n").toList()));
  }

  /** As {@code kubectl apply -f -}, so that defaults and validation are the server's. */
  void apply(String yaml) {
    cluster.kubectl(namespace, yaml, "apply", "-f", "-");
  }

  Resource<CrashMonitorSession> session(String name) {
    return client().resources(CrashMonitorSession.class).inNamespace(namespace).withName(name);
  }

  RollableScalableResource<Deployment> deployment(String name) {
    return client().apps().deployments().inNamespace(namespace).withName(name);
  }

  CrashMonitorSessionStatus status(String name) {
    return session(name).get().getStatus();
  }

  void annotate(String name, String annotation, String value) {
    cluster.kubectl(
        namespace, "", "annotate", "--overwrite", "cms/" + name, annotation + "=" + value);
  }

  void patch(String name, String mergePatch) {
    cluster.kubectl(namespace, "", "patch", "cms/" + name, "--type=merge", "-p", mergePatch);
  }

  CrashMonitorSessionStatus awaitStatus(
      String name, String what, Predicate<CrashMonitorSessionStatus> condition) {
    await(what + " (operator log: " + operator.log() + ")")
        .atMost(PATIENCE)
        .pollInterval(Duration.ofMillis(500))
        .failFast("the node or the operator died", () -> !cluster.isAlive())
        .untilAsserted(() -> assertThat(status(name)).as(what).matches(condition));
    return status(name);
  }

  CrashMonitorSessionStatus awaitPhase(String name, Phase phase) {
    return awaitStatus(name, "phase " + phase, status -> status.phase() == phase);
  }

  /** Every running pod of the workload has a debugger attached. */
  void awaitAttached(String name, int replicas) {
    awaitStatus(
        name,
        replicas + " replicas attached",
        status ->
            status.phase() == Phase.Monitoring
                && status.replicas() != null
                && status.replicas().attached() == replicas);
  }

  Condition condition(String name, String type) {
    return status(name).conditions().stream()
        .filter(c -> c.getType().equals(type))
        .findFirst()
        .orElseThrow();
  }

  List<Pod> pods(String app) {
    return client().pods().inNamespace(namespace).withLabel("app", app).list().getItems().stream()
        .filter(pod -> pod.getMetadata().getDeletionTimestamp() == null)
        .toList();
  }

  /** The rollout is done: as many ready pods of the current template as asked for, no others. */
  void awaitRollout(String name, int replicas) {
    await("rollout of " + name)
        .atMost(PATIENCE)
        .untilAsserted(
            () -> {
              Deployment deployment = deployment(name).get();
              assertThat(deployment.getStatus().getObservedGeneration())
                  .isEqualTo(deployment.getMetadata().getGeneration());
              assertThat(deployment.getStatus().getUpdatedReplicas()).isEqualTo(replicas);
              assertThat(pods(name)).hasSize(replicas);
            });
  }

  /** Dumps in the pod's volume, wherever they stand. */
  List<String> files(Pod pod) {
    try (Stream<Path> files = Files.walk(cluster.volume(pod, Names.VOLUME).resolve("dumps"))) {
      return files.map(Path::toString).filter(f -> f.endsWith(".dmp")).toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The pod template as the API server stores it, to be compared byte for byte. */
  String template(String name) {
    return Serialization.asJson(deployment(name).get().getSpec().getTemplate());
  }

  long generation(String name) {
    return deployment(name).get().getMetadata().getGeneration();
  }

  /** Names of the dumps in storage: not of the reports. */
  List<String> dumps() {
    return blobs().stream().filter(b -> b.endsWith(".dmp") || b.endsWith(".dmp.gz")).toList();
  }

  List<JsonNode> reports() {
    return blobs().stream()
        .filter(b -> b.endsWith(".dmp.json"))
        .map(b -> storage().getBlobClient(b).downloadContent().toString())
        .map(json -> Serialization.unmarshal(json, JsonNode.class))
        .toList();
  }

  List<String> blobs() {
    BlobContainerClient blobs = storage();
    return blobs.exists() ? blobs.listBlobs().stream().map(BlobItem::getName).toList() : List.of();
  }

  BlobContainerClient storage() {
    return cluster.azurite().client().getBlobContainerClient(container());
  }

  private String container() {
    return namespace;
  }

  @Override
  public void close() {
    // Sessions go while their operator lives, else their finalizers keep the namespace.
    client().resources(CrashMonitorSession.class).inNamespace(namespace).delete();
    await("sessions released")
        .atMost(PATIENCE)
        .until(
            () ->
                client()
                    .resources(CrashMonitorSession.class)
                    .inNamespace(namespace)
                    .list()
                    .getItems()
                    .isEmpty());
    operator.close();
    client().namespaces().withName(namespace).delete();
  }
}
