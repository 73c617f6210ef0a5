package io.crashmonitor.testbed.node;

import static org.awaitility.Awaitility.await;

import io.crashmonitor.testbed.controlplane.ControlPlane;
import io.crashmonitor.testbed.controlplane.Provisioned;
import io.crashmonitor.testbed.wine.WineInstallation;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerBuilder;
import io.fabric8.kubernetes.api.model.ContainerState;
import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** A node of its own for a test class, with the images that the tests use. */
final class NodeFixture implements AutoCloseable {
  static final Duration SOON = Duration.ofMinutes(3);
  static final String CRASHER = "crash-monitor/sample-crasher:1";
  static final String SHELL = "testbed/shell:1";

  private static final String CLASSES =
      "{from: '%s', to: 'C:\\classes'}".formatted(Path.of("target/test-classes").toAbsolutePath());

  /** A name of the cluster's DNS, for JVMs in containers. */
  static final String SERVICE = "operator.crash-monitor.svc.cluster.local";

  static final String SERVICE_ADDRESS = "127.9.8.7";

  /** Beside its entry process, a shell of this machine with a child of its own. */
  static final String WITH_COMPANION = "testbed/companion:1";

  /** Nobody else's, also where another build runs on this machine. */
  static final String COMPANION_SLEEP = "98765." + ProcessHandle.current().pid();

  private static final String COMPANION_YAML =
      """
      entrypoint: ['C:\\app\\crasher.exe', --quiet]
      companion:
        command:
          - /bin/sh
          - -c
          - 'env > "$CRASH_MONITOR_ROOT/env"; sleep %s & wait'
      """
          .formatted(COMPANION_SLEEP);

  final KubernetesClient client;
  final String namespace;
  final WindowsNode node;

  NodeFixture(ControlPlane controlPlane, Path folder) {
    this.client = controlPlane.client();
    this.namespace = controlPlane.newNamespace("node");
    image(folder, CRASHER, "entrypoint: ['C:\\app\\crasher.exe']", Path.of("target/native"));
    image(folder, SHELL, "entrypoint: [cmd, /d, /c]", Path.of("target/native"));
    image(folder, WITH_COMPANION, COMPANION_YAML, Path.of("target/native"));
    this.node =
        WindowsNode.start(
            NodeSettings.of(namespace, folder.resolve("node"), ImageCatalog.of(folder))
                .withBackoff(Duration.ofSeconds(1), Duration.ofSeconds(5))
                .withRefresh(Duration.ofSeconds(1))
                .withLabels(Map.of("test", namespace))
                .withHosts(Map.of(SERVICE, SERVICE_ADDRESS))
                .withCa(controlPlane.ca()),
            client,
            WineInstallation.from(Provisioned.load()));
  }

  /** Adds an image that the node can pull from now on. */
  static void image(Path folder, String reference, String yaml, Path payload) {
    try {
      Path image =
          Files.createDirectories(folder.resolve(reference.replace('/', '_').replace(':', '_')));
      Files.writeString(
          image.resolve("image.yaml"),
          "reference: %s%n%s%nworkingDir: 'C:\\app'%ncopies: [{from: '%s', to: 'C:\\app'}, %s]%n"
              .formatted(reference, yaml, payload.toAbsolutePath(), CLASSES));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static Container container(String name, String image, String... args) {
    return new ContainerBuilder().withName(name).withImage(image).withArgs(args).build();
  }

  /** A pod for this node; with an emptyDir named shared where a container mounts something. */
  PodBuilder pod(String name, Container... containers) {
    boolean mounts =
        Stream.of(containers).anyMatch(container -> !container.getVolumeMounts().isEmpty());
    PodBuilder bare = bare(name, containers);
    return mounts
        ? bare.editSpec()
            .addNewVolume()
            .withName("shared")
            .withNewEmptyDir()
            .endEmptyDir()
            .endVolume()
            .endSpec()
        : bare;
  }

  private PodBuilder bare(String name, Container... containers) {
    return new PodBuilder()
        .withNewMetadata()
        .withName(name)
        .withNamespace(namespace)
        .endMetadata()
        .withNewSpec()
        .withNodeSelector(Map.of("kubernetes.io/os", "windows", "test", namespace))
        .withTerminationGracePeriodSeconds(10L)
        .withContainers(containers)
        .endSpec();
  }

  Pod create(Pod pod) {
    return client.resource(pod).create();
  }

  Pod get(String name) {
    return client.pods().inNamespace(namespace).withName(name).get();
  }

  /** Waits until the pod is so, and gives it back. */
  Pod awaitPod(String name, String what, Predicate<Pod> condition) {
    return await(what)
        .atMost(SOON)
        .pollInterval(Duration.ofMillis(200))
        .until(() -> get(name), pod -> pod != null && condition.test(pod));
  }

  static Stream<ContainerStatus> statuses(Pod pod) {
    return Stream.of(
            pod.getStatus().getInitContainerStatuses(), pod.getStatus().getContainerStatuses())
        .flatMap(List::stream);
  }

  static ContainerStatus status(Pod pod, String container) {
    return statuses(pod).filter(s -> s.getName().equals(container)).findFirst().orElseThrow();
  }

  /** Whether that part of the container's state is so; false while there is no status. */
  static <T> Predicate<Pod> state(
      String container, Function<ContainerState, T> part, Predicate<T> condition) {
    return pod ->
        statuses(pod)
            .filter(status -> status.getName().equals(container))
            .map(ContainerStatus::getState)
            .map(part)
            .anyMatch(value -> value != null && condition.test(value));
  }

  static Predicate<Pod> running(String container) {
    return state(container, ContainerState::getRunning, running -> true);
  }

  static Predicate<Pod> waiting(String container, String reason) {
    return state(
        container, ContainerState::getWaiting, waiting -> reason.equals(waiting.getReason()));
  }

  static Predicate<Pod> restarted(String container, int times) {
    return pod ->
        statuses(pod).anyMatch(s -> s.getName().equals(container) && s.getRestartCount() >= times);
  }

  static Predicate<Pod> terminated(String container) {
    return state(container, ContainerState::getTerminated, end -> true);
  }

  List<Event> events(Pod pod) {
    return client.v1().events().inNamespace(namespace).list().getItems().stream()
        .filter(e -> pod.getMetadata().getUid().equals(e.getInvolvedObject().getUid()))
        .toList();
  }

  static boolean isKilling(Event event) {
    return event.getReason().equals("Killing");
  }

  String log(Pod pod, String container, int run) {
    try {
      return Files.readString(node.log(pod, container, run));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    client.pods().inNamespace(namespace).withGracePeriod(0).delete();
    node.close();
  }
}
