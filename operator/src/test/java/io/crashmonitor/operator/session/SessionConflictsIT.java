package io.crashmonitor.operator.session;

import static io.crashmonitor.operator.session.RunningOperator.condition;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.crashmonitor.api.ConditionTypes;
import io.crashmonitor.api.CrashMonitorSession;
import io.crashmonitor.api.Names;
import io.crashmonitor.api.Phase;
import io.crashmonitor.api.Reasons;
import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Others who write the workload, claim it, or keep the operator from it. */
class SessionConflictsIT extends SessionsInCluster {
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
}
