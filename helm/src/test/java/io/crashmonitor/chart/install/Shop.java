package io.crashmonitor.chart.install;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.crashmonitor.api.CrashMonitorSession;
import io.crashmonitor.api.CrashMonitorSessionStatus;
import io.crashmonitor.testbed.cluster.TestCluster;
import java.time.Duration;
import java.util.List;
import java.util.function.Predicate;
import java.util.function.Supplier;

/** A user's namespace. */
final class Shop {
  private final TestCluster cluster;
  private final String namespace;
  private final Supplier<String> operatorLog;

  /**
   * @param operatorLog asked for messages
   */
  Shop(TestCluster cluster, String namespace, Supplier<String> operatorLog) {
    this.cluster = cluster;
    this.namespace = namespace;
    this.operatorLog = operatorLog;
  }

  String namespace() {
    return namespace;
  }

  void monitor() {
    cluster.kubectl(
        namespace,
        """
        apiVersion: crashmonitor.io/v1alpha1
        kind: CrashMonitorSession
        metadata: {name: checkout}
        spec:
          target: {kind: Deployment, name: checkout}
          storage:
            azureBlob:
              account: devstoreaccount1
              container: %s
              auth: {secretRef: {name: devstoreaccount1}}
          maxDumps: 1
        """
            .formatted(namespace),
        "apply",
        "-f",
        "-");
  }

  CrashMonitorSessionStatus awaitStatus(Predicate<CrashMonitorSessionStatus> condition) {
    await()
        .atMost(Installation.PATIENCE)
        .pollInterval(Duration.ofMillis(500))
        .untilAsserted(() -> assertThat(session().getStatus()).as(operatorLog).matches(condition));
    return session().getStatus();
  }

  CrashMonitorSession session() {
    return cluster
        .client()
        .resources(CrashMonitorSession.class)
        .inNamespace(namespace)
        .withName("checkout")
        .get();
  }

  void delete() {
    cluster.kubectl(namespace, "", "delete", "cms/checkout", "--timeout=3m");
  }

  long generation() {
    return cluster
        .client()
        .apps()
        .deployments()
        .inNamespace(namespace)
        .withName("checkout")
        .get()
        .getMetadata()
        .getGeneration();
  }

  List<String> dumps() {
    return cluster.azurite().client().getBlobContainerClient(namespace).listBlobs().stream()
        .map(blob -> blob.getName())
        .filter(blob -> blob.contains(".dmp") && !blob.endsWith(".json"))
        .toList();
  }
}
