package io.crashmonitor.operator.session;

import static io.crashmonitor.operator.session.RunningOperator.condition;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.crashmonitor.api.CaptureEngine;
import io.crashmonitor.api.ConditionTypes;
import io.crashmonitor.api.CrashMonitorSession;
import io.crashmonitor.api.Names;
import io.crashmonitor.api.Phase;
import io.crashmonitor.api.Reasons;
import io.crashmonitor.testbed.controlplane.ControlPlane;
import io.crashmonitor.testbed.controlplane.SharedControlPlane;
import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Sessions and workloads on a real API server with real controllers; no pod ever runs here. */
@ExtendWith(SharedControlPlane.class)
class SessionLifecycleIT {
  private RunningOperator operator;
  private KubernetesClient admin;
  private String namespace;
  private ControlPlane controlPlane;

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

  @Test
  void theSidecarGoesInOnceAndOutWithoutATrace() {
    Deployment before = create(Manifests.deployment("checkout"));
    String template = admin.getKubernetesSerialization().asYaml(before.getSpec());
    create(Manifests.session("checkout", "checkout", ""));

    CrashMonitorSession starting = operator.await("checkout", Phase.Starting);
    Deployment injected = deployment("checkout");
    assertThat(injected.getSpec().getTemplate().getSpec().getInitContainers())
        .singleElement()
        .matches(
            c -> c.getName().equals(Names.SIDECAR) && c.getImage().equals(RunningOperator.IMAGE));
    assertThat(injected.getMetadata().getGeneration()).isEqualTo(2);
    assertThat(starting.getMetadata().getFinalizers()).containsExactly(SessionReconciler.FINALIZER);
    assertThat(starting.getStatus().conditions())
        .extracting(Condition::getType)
        .containsExactlyElementsOf(ConditionTypes.ALL);
    assertThat(
            admin.configMaps().inNamespace(namespace).withName(Names.CA_CONFIG_MAP).get().getData())
        .containsEntry(Names.CA_FILE, FakeSurroundings.CA);

    restart();
    annotate("checkout", Names.DISABLE_REQUESTED_AT);
    operator.await("checkout", Phase.Disabled);

    Deployment released = deployment("checkout");
    assertThat(admin.getKubernetesSerialization().asYaml(released.getSpec())).isEqualTo(template);
    assertThat(released.getMetadata().getGeneration()).as("one rollout").isEqualTo(3);
    assertThat(released.getMetadata().getManagedFields())
        .noneMatch(f -> f.getManager().equals(Names.FIELD_MANAGER));
  }

  @Test
  void anotherEngineIsOneRolloutAndLeavesNoTraceEither() {
    Deployment before = create(Manifests.deployment("checkout"));
    String template = admin.getKubernetesSerialization().asYaml(before.getSpec());
    create(Manifests.session("checkout", "checkout", ""));
    operator.await("checkout", Phase.Starting);

    admin
        .resources(CrashMonitorSession.class)
        .inNamespace(namespace)
        .withName("checkout")
        .patch(
            PatchContext.of(PatchType.JSON_MERGE),
            "{\"spec\": {\"capture\": {\"engine\": \"CreateDump\"}}}");
    operator.await("checkout", s -> s.getStatus().engine() == CaptureEngine.CreateDump);

    Deployment injected = deployment("checkout");
    var app = injected.getSpec().getTemplate().getSpec().getContainers().get(0);
    assertThat(app.getLifecycle().getPostStart()).isNull();
    assertThat(app.getEnv())
        .extracting(e -> e.getName() + "=" + e.getValue())
        .containsExactly(
            "DOTNET_DbgEnableMiniDump=1",
            "DOTNET_DbgMiniDumpType=4",
            "DOTNET_DbgMiniDumpName=C:\\crash-monitor\\dumps\\incoming\\%e_%p_%t.dmp");
    assertThat(injected.getMetadata().getGeneration()).isEqualTo(3);

    restart();
    annotate("checkout", Names.DISABLE_REQUESTED_AT);
    operator.await("checkout", Phase.Disabled);

    Deployment released = deployment("checkout");
    assertThat(admin.getKubernetesSerialization().asYaml(released.getSpec())).isEqualTo(template);
    assertThat(released.getMetadata().getGeneration()).as("one rollout").isEqualTo(4);
  }

  @ParameterizedTest
  @ValueSource(strings = {"StatefulSet", "DaemonSet"})
  void everyKindIsInjectedAndReleasedAlike(String kind) {
    String manifest = Manifests.deployment("checkout").replace("kind: Deployment", "kind: " + kind);
    HasMetadata before =
        create(kind.equals("DaemonSet") ? manifest.replace("  replicas: 1\n", "") : manifest);
    create(
        Manifests.session("checkout", "checkout", "").replace("kind: Deployment", "kind: " + kind));
    operator.await(
        "checkout", s -> condition(s, ConditionTypes.INJECTED).getStatus().equals("True"));

    admin.resources(CrashMonitorSession.class).inNamespace(namespace).withName("checkout").delete();

    await().atMost(RunningOperator.SOON).until(() -> operator.session("checkout") == null);
    HasMetadata released = admin.resource(before).get();
    assertThat(released.getMetadata().getGeneration()).isEqualTo(3);
    assertThat(spec(released)).isEqualTo(spec(before));
  }

  @Test
  void aDeletedSessionReleasesItsWorkloadFirst() {
    Deployment before = create(Manifests.deployment("checkout"));
    create(Manifests.session("checkout", "checkout", ""));
    operator.await("checkout", Phase.Starting);

    admin.resources(CrashMonitorSession.class).inNamespace(namespace).withName("checkout").delete();

    await().atMost(RunningOperator.SOON).until(() -> operator.session("checkout") == null);
    assertThat(deployment("checkout").getSpec()).isEqualTo(before.getSpec());
    assertThat(admin.configMaps().inNamespace(namespace).withName(Names.CA_CONFIG_MAP).get())
        .isNull();
    await()
        .atMost(RunningOperator.SOON)
        .untilAsserted(() -> assertThat(operator.surroundings.forgotten).isNotEmpty());
  }

  @Test
  void aSessionThatNeverInjectedIsGoneAtOnce() {
    create(Manifests.session("checkout", "no-such-deployment", ""));
    CrashMonitorSession pending = operator.await("checkout", Phase.Pending);
    assertThat(pending.getMetadata().getFinalizers()).isEmpty();
    assertThat(condition(pending, ConditionTypes.TARGET_READY).getReason())
        .isEqualTo(Reasons.TARGET_NOT_FOUND);

    admin.resources(CrashMonitorSession.class).inNamespace(namespace).withName("checkout").delete();
    await()
        .atMost(RunningOperator.SOON)
        .untilAsserted(() -> assertThat(operator.surroundings.forgotten).isNotEmpty());
  }

  @Test
  void aTargetThatComesLaterIsInjected() {
    create(Manifests.session("checkout", "checkout", ""));
    operator.await("checkout", Phase.Pending);
    create(Manifests.deployment("checkout"));
    operator.await("checkout", Phase.Starting);
  }

  @Test
  void aDeletedWorkloadHoldsNoDeletionBack() {
    create(Manifests.deployment("checkout"));
    create(Manifests.session("checkout", "checkout", ""));
    operator.await("checkout", Phase.Starting);

    admin.apps().deployments().inNamespace(namespace).withName("checkout").delete();
    operator.await("checkout", Phase.Pending);
    admin.resources(CrashMonitorSession.class).inNamespace(namespace).withName("checkout").delete();
    await().atMost(RunningOperator.SOON).until(() -> operator.session("checkout") == null);
  }

  @Test
  void anotherManagersFieldIsNeverTaken() {
    create(
        Manifests.deployment("checkout")
            .replace(
                "      containers:",
                "      initContainers: [{name: crash-monitor-agent, image: 'their/own:1'}]\n"
                    + "      containers:"));
    create(Manifests.session("checkout", "checkout", ""));

    CrashMonitorSession blocked = operator.await("checkout", Phase.Blocked);
    Condition ready = condition(blocked, ConditionTypes.READY);
    assertThat(ready.getReason()).isEqualTo(Reasons.FIELD_CONFLICT);
    assertThat(ready.getMessage()).contains("conflict", "image");
    assertThat(deployment("checkout").getMetadata().getGeneration()).isEqualTo(1);
    await()
        .atMost(RunningOperator.SOON)
        .untilAsserted(
            () ->
                assertThat(admin.events().v1().events().inNamespace(namespace).list().getItems())
                    .anyMatch(e -> "FieldConflict".equals(e.getReason())));
  }

  @Test
  void whatSomebodyWipesIsPutBackAFewTimesAndThenLeft() {
    create(Manifests.deployment("checkout"));
    create(Manifests.session("checkout", "checkout", ""));
    operator.await("checkout", Phase.Starting);

    for (int heal = 1; heal <= 3; heal++) {
      int expected = heal;
      wipe("checkout");
      operator.await(
          "checkout",
          s ->
              s.getStatus().injection() != null
                  && s.getStatus().injection().heals().size() == expected);
    }
    wipe("checkout");
    CrashMonitorSession failed = operator.await("checkout", Phase.Failed);
    assertThat(condition(failed, ConditionTypes.STALLED).getReason())
        .isEqualTo(Reasons.HEAL_LIMIT_REACHED);
    assertThat(deployment("checkout").getSpec().getTemplate().getSpec().getInitContainers())
        .isEmpty();
  }

  @Test
  void aReplicaFailureSinceTheInjectionTakesTheSidecarOutOnce() {
    Deployment before = create(Manifests.deployment("checkout"));
    admin
        .load(
            new ByteArrayInputStream(
                """
                apiVersion: v1
                kind: ResourceQuota
                metadata: {name: memory}
                spec: {hard: {requests.memory: 520Mi}}
                """
                    .getBytes(StandardCharsets.UTF_8)))
        .inNamespace(namespace)
        .create();
    create(Manifests.session("checkout", "checkout", ""));

    CrashMonitorSession failed = operator.await("checkout", Phase.Failed);
    assertThat(condition(failed, ConditionTypes.STALLED).getReason())
        .isEqualTo(Reasons.INJECTION_FAILED);
    assertThat(condition(failed, ConditionTypes.STALLED).getMessage()).contains("quota");
    // The failure is written down before the sidecar is taken out.
    await()
        .atMost(RunningOperator.SOON)
        .untilAsserted(
            () -> assertThat(deployment("checkout").getSpec()).isEqualTo(before.getSpec()));

    restart();
    annotate("checkout", Names.STOP_REQUESTED_AT);
    operator.await("checkout", s -> s.getStatus().request() != null);
    assertThat(operator.session("checkout").getStatus().phase()).isEqualTo(Phase.Failed);
    assertThat(deployment("checkout").getMetadata().getGeneration()).isEqualTo(3);
  }

  @Test
  void theYoungerOfTwoSessionsWaitsUntilTheOlderIsGone() {
    create(Manifests.deployment("checkout"));
    create(Manifests.session("first", "checkout", ""));
    operator.await("first", Phase.Starting);
    create(Manifests.session("second", "checkout", ""));

    CrashMonitorSession blocked = operator.await("second", Phase.Blocked);
    assertThat(condition(blocked, ConditionTypes.READY).getReason())
        .isEqualTo(Reasons.OLDER_SESSION);

    admin.resources(CrashMonitorSession.class).inNamespace(namespace).withName("first").delete();
    operator.await("second", Phase.Starting);
    assertThat(deployment("checkout").getSpec().getTemplate().getMetadata().getLabels())
        .containsEntry(Names.SESSION_UID_LABEL, operator.session("second").getMetadata().getUid());
  }

  @Test
  void anotherImageOfTheOperatorMovesNoWorkload() {
    create(Manifests.deployment("checkout"));
    create(Manifests.session("checkout", "checkout", ""));
    operator.await("checkout", Phase.Starting);
    operator.close();
    operator = RunningOperator.start(controlPlane, namespace, "registry.example/sidecar:3");

    CrashMonitorSession session =
        operator.await(
            "checkout",
            s ->
                condition(s, ConditionTypes.INJECTED).getReason().equals(Reasons.SIDECAR_OUTDATED));
    assertThat(condition(session, ConditionTypes.INJECTED).getStatus()).isEqualTo("True");
    assertThat(deployment("checkout").getMetadata().getGeneration()).isEqualTo(2);
  }

  @Test
  void aMissingPermissionIsNamed() {
    admin
        .load(
            new ByteArrayInputStream(
                """
                apiVersion: admissionregistration.k8s.io/v1
                kind: ValidatingAdmissionPolicy
                metadata: {name: %1$s}
                spec:
                  matchConstraints:
                    resourceRules:
                      - {apiGroups: [""], apiVersions: [v1], operations: [CREATE], resources: [configmaps]}
                  validations: [{expression: "object.metadata.name != 'crash-monitor-ca'", reason: Forbidden}]
                ---
                apiVersion: admissionregistration.k8s.io/v1
                kind: ValidatingAdmissionPolicyBinding
                metadata: {name: %1$s}
                spec:
                  policyName: %1$s
                  validationActions: [Deny]
                  matchResources: {namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: %1$s}}}
                """
                    .formatted(namespace)
                    .getBytes(StandardCharsets.UTF_8)))
        .create();
    await().atMost(RunningOperator.SOON).ignoreExceptions().until(() -> !canCreateCa());
    create(Manifests.deployment("checkout"));
    create(Manifests.session("checkout", "checkout", ""));

    CrashMonitorSession session =
        operator.await(
            "checkout",
            s -> condition(s, ConditionTypes.READY).getReason().equals(Reasons.OPERATOR_ERROR));
    assertThat(condition(session, ConditionTypes.READY).getMessage()).contains("crash-monitor-ca");
  }

  @Test
  void atRestNothingIsWritten() {
    create(Manifests.deployment("checkout"));
    create(Manifests.session("checkout", "checkout", ""));
    operator.await("checkout", Phase.Starting);
    String version = settled("checkout");

    restart();
    operator.surroundings.store("none");

    await()
        .atMost(RunningOperator.SOON)
        .during(Duration.ofSeconds(4))
        .atMost(Duration.ofSeconds(8))
        .until(
            () -> operator.session("checkout").getMetadata().getResourceVersion().equals(version));
  }

  private String spec(HasMetadata resource) {
    return admin
        .getKubernetesSerialization()
        .asYaml(
            admin
                .getKubernetesSerialization()
                .convertValue(resource, GenericKubernetesResource.class)
                .getAdditionalProperties()
                .get("spec"));
  }

  private boolean canCreateCa() {
    try {
      admin
          .configMaps()
          .inNamespace(namespace)
          .resource(
              new ConfigMapBuilder()
                  .withNewMetadata()
                  .withName(Names.CA_CONFIG_MAP)
                  .endMetadata()
                  .build())
          .dryRun()
          .create();
      return true;
    } catch (KubernetesClientException e) {
      return e.getCode() != 403;
    }
  }

  private String settled(String name) {
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

  private void restart() {
    operator.close();
    operator = RunningOperator.start(controlPlane, namespace);
  }

  private void wipe(String name) {
    await()
        .atMost(RunningOperator.SOON)
        .untilAsserted(
            () ->
                assertThat(
                        Instant.parse(
                            operator.session(name).getStatus().injection().time().toString()))
                    .isBefore(Instant.now().minus(SessionPlanner.CACHE_LAG)));
    Deployment live = deployment(name);
    live.getSpec().getTemplate().getSpec().setInitContainers(List.of());
    live.getMetadata().setResourceVersion(null);
    live.getMetadata().setManagedFields(null);
    admin.resource(live).update();
  }

  private void annotate(String name, String annotation) {
    admin
        .resources(CrashMonitorSession.class)
        .inNamespace(namespace)
        .withName(name)
        .patch(
            PatchContext.of(PatchType.JSON_MERGE),
            "{\"metadata\":{\"annotations\":{\"%s\":\"%s\"}}}"
                .formatted(annotation, Instant.now()));
  }

  private Deployment deployment(String name) {
    return admin.apps().deployments().inNamespace(namespace).withName(name).get();
  }

  @SuppressWarnings("unchecked")
  private <R extends HasMetadata> R create(String yaml) {
    HasMetadata resource = admin.getKubernetesSerialization().unmarshal(yaml);
    resource.getMetadata().setNamespace(namespace);
    return (R) admin.resource(resource).create();
  }
}
