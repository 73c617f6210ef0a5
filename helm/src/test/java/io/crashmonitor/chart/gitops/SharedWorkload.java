package io.crashmonitor.chart.gitops;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.crashmonitor.api.DumpType;
import io.crashmonitor.api.Names;
import io.crashmonitor.operator.inject.Capture;
import io.crashmonitor.operator.inject.SidecarSettings;
import io.crashmonitor.operator.inject.Workload;
import io.crashmonitor.operator.inject.WorkloadApplier;
import io.crashmonitor.testbed.controlplane.ControlPlane;
import io.crashmonitor.testbed.controlplane.SharedControlPlane;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.Volume;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** One Deployment in a namespace of its own that a user's tool and the operator write both. */
final class SharedWorkload implements AutoCloseable {
  private static final SidecarSettings SETTINGS =
      new SidecarSettings(
          "crash-monitor/sidecar:1",
          "https://crash-monitor-agent.crash-monitor.svc.cluster.local:8443",
          List.of(),
          "50m",
          "96Mi",
          "256Mi");
  private static final String SESSION = "0b0f7f0c-1111-4f4f-9a9a-aaaaaaaaaaaa";

  private final ControlPlane cluster = SharedControlPlane.get();
  private final Deployer deployer;
  private final String namespace;
  private Capture capture = new Capture.Hook();

  private SharedWorkload(Deployer deployer) {
    this.deployer = deployer;
    this.namespace = cluster.newNamespace("gitops");
  }

  /** Deployed by the user's tool; not injected yet. */
  static SharedWorkload deployed(Deployer deployer, App app) {
    SharedWorkload workload = new SharedWorkload(deployer);
    workload.deploy(app);
    workload.awaitRevisions(1);
    return workload;
  }

  /** Deployed by the user's tool, then injected. */
  static SharedWorkload injected(Deployer deployer, App app) {
    SharedWorkload workload = deployed(deployer, app);
    workload.inject();
    workload.awaitRevisions(2);
    return workload;
  }

  /** The same, for the engine that needs variables in the app's container instead of the hook. */
  static SharedWorkload injectedForRuntime(Deployer deployer, App app) {
    SharedWorkload workload = deployed(deployer, app);
    workload.capture = new Capture.ByRuntime(DumpType.Full);
    workload.inject();
    workload.awaitRevisions(2);
    return workload;
  }

  void deploy(App app, String... options) {
    deployer.deploy(cluster, namespace, app, options).succeeded();
  }

  /** What the tool says of its failure. */
  String refusal(App app) {
    return deployer.deploy(cluster, namespace, app).failed();
  }

  Optional<String> diff(App app) {
    return deployer.diff(cluster, namespace, app);
  }

  String kubectl(String verb, String... arguments) {
    return Deployer.kubectl(cluster, namespace, List.of(verb), arguments).run().succeeded();
  }

  String replace(App app) {
    return Deployer.kubectl(cluster, namespace, List.of("replace"), "-f", "-")
        .input(app.yaml())
        .run()
        .succeeded();
  }

  void inject() {
    assertThat(tryToInject()).isInstanceOf(WorkloadApplier.Outcome.Applied.class);
  }

  WorkloadApplier.Outcome tryToInject() {
    return applier().inject(Workload.of(get()), SESSION, "app", capture, SETTINGS);
  }

  void release() {
    assertThat(applier().release(Workload.of(get())))
        .isInstanceOf(WorkloadApplier.Outcome.Applied.class);
  }

  Deployment get() {
    return cluster.client().apps().deployments().inNamespace(namespace).withName(App.NAME).get();
  }

  PodSpec pod() {
    return get().getSpec().getTemplate().getSpec();
  }

  Container app() {
    return pod().getContainers().get(0);
  }

  long generation() {
    return get().getMetadata().getGeneration();
  }

  /** As the API server stores it. */
  String spec() {
    return Serialization.asJson(get().getSpec());
  }

  List<String> managers() {
    return get().getMetadata().getManagedFields().stream().map(m -> m.getManager()).toList();
  }

  /** What of ours is in the template. */
  List<String> ours() {
    List<String> found = new java.util.ArrayList<>();
    PodSpec pod = pod();
    pod.getInitContainers().stream()
        .map(Container::getName)
        .filter(Names.SIDECAR::equals)
        .forEach(found::add);
    pod.getVolumes().stream()
        .map(Volume::getName)
        .filter(v -> v.equals(Names.VOLUME) || v.equals(Names.IDENTITY_VOLUME))
        .forEach(v -> found.add("volume " + v));
    for (Container container : pod.getContainers()) {
      if (container.getVolumeMounts().stream().anyMatch(m -> m.getName().equals(Names.VOLUME))) {
        found.add("mount in " + container.getName());
      }
      if (container.getEnv().stream().anyMatch(e -> e.getName().startsWith("DOTNET_Dbg"))) {
        found.add("variables in " + container.getName());
      }
      if (container.getLifecycle() != null && container.getLifecycle().getPostStart() != null) {
        found.add("hook in " + container.getName());
      }
    }
    var labels = get().getSpec().getTemplate().getMetadata().getLabels();
    if (labels.containsKey(Names.SESSION_UID_LABEL)) {
      found.add("label");
    }
    return found;
  }

  /** Each revision of a Deployment's template is a ReplicaSet: so many rollouts there were. */
  void awaitRevisions(int count) {
    await()
        .atMost(Duration.ofMinutes(3))
        .untilAsserted(
            () -> {
              assertThat(get().getStatus().getObservedGeneration()).isEqualTo(generation());
              assertThat(
                      cluster
                          .client()
                          .apps()
                          .replicaSets()
                          .inNamespace(namespace)
                          .list()
                          .getItems())
                  .hasSize(count);
            });
  }

  private WorkloadApplier applier() {
    return new WorkloadApplier(cluster.client());
  }

  @Override
  public void close() {
    cluster.client().namespaces().withName(namespace).delete();
  }
}
