package io.crashmonitor.operator.session;

import static java.util.concurrent.TimeUnit.MILLISECONDS;

import io.crashmonitor.api.CrashMonitorSession;
import io.crashmonitor.api.Phase;
import io.crashmonitor.operator.ShippedRole;
import io.crashmonitor.operator.agent.SessionBoard;
import io.crashmonitor.operator.inject.SidecarSettings;
import io.crashmonitor.testbed.controlplane.ControlPlane;
import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.javaoperatorsdk.operator.Operator;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import org.awaitility.Awaitility;

/**
 * The controller against a real API server, as the shipped role, with storage and agents of the
 * test. It watches one namespace.
 */
final class RunningOperator implements AutoCloseable {
  /** Bounds a wait for what takes a second where nothing else runs. */
  static final Duration SOON = Duration.ofSeconds(60);

  static final String IMAGE = "registry.example/crash-monitor/sidecar:2";

  final FakeSurroundings surroundings = new FakeSurroundings();
  final SessionBoard board = new SessionBoard();
  final KubernetesClient admin;
  final String namespace;
  private final DefinitionWatch definition;
  private final Operator operator;

  private RunningOperator(ControlPlane controlPlane, String namespace, String image) {
    this.admin = controlPlane.client();
    this.namespace = namespace;
    KubernetesClient own = ShippedRole.client(controlPlane, "crash-monitor-test-" + namespace);
    operator =
        new Operator(
            o ->
                o.withKubernetesClient(own)
                    .withCloseClientOnStop(false)
                    .withParseResourceVersions(true));
    definition = DefinitionWatch.start(own, Duration.ofSeconds(1));
    operator.register(
        new SessionReconciler(
            own, settings(image), surroundings, board, definition, Clock.systemUTC()),
        c -> c.settingNamespace(namespace));
    operator.start();
  }

  static RunningOperator start(ControlPlane controlPlane, String namespace) {
    return start(controlPlane, namespace, IMAGE);
  }

  /** With the definition that is in the cluster already. */
  static RunningOperator onItsDefinition(ControlPlane controlPlane, String namespace) {
    return new RunningOperator(controlPlane, namespace, IMAGE);
  }

  static RunningOperator start(ControlPlane controlPlane, String namespace, String image) {
    CustomResourceDefinition crd =
        controlPlane
            .client()
            .getKubernetesSerialization()
            .unmarshal(read("crds/crashmonitorsessions.yaml"), CustomResourceDefinition.class);
    controlPlane.client().resource(crd).fieldManager("test").forceConflicts().serverSideApply();
    Awaitility.await()
        .atMost(SOON)
        .until(
            () ->
                Optional.ofNullable(controlPlane.client().resource(crd).get().getStatus()).stream()
                    .flatMap(status -> status.getConditions().stream())
                    .anyMatch(
                        c -> "Established".equals(c.getType()) && "True".equals(c.getStatus())));
    return new RunningOperator(controlPlane, namespace, image);
  }

  static SessionSettings settings(String image) {
    return new SessionSettings(
        new SidecarSettings(
            image, "https://agents.example:8443", List.of(), "50m", "96Mi", "256Mi"),
        "test",
        true,
        Duration.ofSeconds(2),
        Duration.ofMinutes(5),
        Duration.ofSeconds(2));
  }

  CrashMonitorSession session(String name) {
    return admin.resources(CrashMonitorSession.class).inNamespace(namespace).withName(name).get();
  }

  CrashMonitorSession await(String name, Predicate<CrashMonitorSession> state) {
    return Awaitility.await()
        .atMost(SOON)
        .pollInterval(100, MILLISECONDS)
        .until(
            () -> session(name),
            s ->
                s != null
                    && s.getStatus() != null
                    && s.getStatus().phase() != null
                    && state.test(s));
  }

  CrashMonitorSession await(String name, Phase phase) {
    return await(
        name,
        s ->
            s.getStatus().phase() == phase
                && s.getMetadata().getGeneration().equals(s.getStatus().observedGeneration()));
  }

  static Condition condition(CrashMonitorSession session, String type) {
    return Conditions.find(session.getStatus().conditions(), type).orElseThrow();
  }

  @Override
  public void close() {
    operator.stop();
    definition.close();
  }

  static String read(String file) {
    try {
      return Files.readString(Path.of(System.getProperty("crashmonitor.root"), file));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
