package io.crashmonitor.operator.session;

import static org.awaitility.Awaitility.await;

import io.crashmonitor.api.CrashMonitorSession;
import io.crashmonitor.testbed.controlplane.ControlPlane;
import io.crashmonitor.testbed.controlplane.SharedControlPlane;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.extension.ExtendWith;

/** An operator on one namespace of a real API server, and the words tests are written in. */
@ExtendWith(SharedControlPlane.class)
abstract class SessionsInCluster {
  RunningOperator operator;
  KubernetesClient admin;
  String namespace;
  ControlPlane controlPlane;

  @BeforeEach
  void start(ControlPlane controlPlane) {
    this.controlPlane = controlPlane;
    admin = controlPlane.client();
    namespace = controlPlane.newNamespace("session");
    operator = RunningOperator.start(controlPlane, namespace);
  }

  @AfterEach
  void stop() {
    operator.close();
  }

  String spec(HasMetadata resource) {
    return admin
        .getKubernetesSerialization()
        .asYaml(
            admin
                .getKubernetesSerialization()
                .convertValue(resource, GenericKubernetesResource.class)
                .getAdditionalProperties()
                .get("spec"));
  }

  String settled(String name) {
    String[] last = {""};
    await()
        .atMost(RunningOperator.SOON)
        .pollInterval(Duration.ofSeconds(2))
        .until(
            () -> {
              String now = operator.session(name).getMetadata().getResourceVersion();
              boolean same = now.equals(last[0]);
              last[0] = now;
              return same;
            });
    return last[0];
  }

  void restart() {
    operator.close();
    operator = RunningOperator.start(controlPlane, namespace);
  }

  void annotate(String name, String annotation) {
    admin
        .resources(CrashMonitorSession.class)
        .inNamespace(namespace)
        .withName(name)
        .patch(
            PatchContext.of(PatchType.JSON_MERGE),
            "{\"metadata\":{\"annotations\":{\"%s\":\"%s\"}}}"
                .formatted(annotation, Instant.now()));
  }

  Deployment deployment(String name) {
    return admin.apps().deployments().inNamespace(namespace).withName(name).get();
  }

  @SuppressWarnings("unchecked")
  <R extends HasMetadata> R create(String yaml) {
    HasMetadata resource = admin.getKubernetesSerialization().unmarshal(yaml);
    resource.getMetadata().setNamespace(namespace);
    return (R) admin.resource(resource).create();
  }
}
