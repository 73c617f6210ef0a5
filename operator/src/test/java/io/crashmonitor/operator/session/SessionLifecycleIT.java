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
import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a session does to its workload, from the first apply to a template without a trace. */
class SessionLifecycleIT extends SessionsInCluster {
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
  void theUploadsOfADeletedSessionAreWaitedForUntilItsPodsAreGone() {
    create(Manifests.deployment("checkout"));
    create(Manifests.session("checkout", "checkout", ""));
    String uid = operator.await("checkout", Phase.Starting).getMetadata().getUid();
    await()
        .atMost(RunningOperator.SOON)
        .until(
            () ->
                !admin
                    .pods()
                    .inNamespace(namespace)
                    .withLabel(Names.SESSION_UID_LABEL, uid)
                    .list()
                    .getItems()
                    .isEmpty());

    admin.resources(CrashMonitorSession.class).inNamespace(namespace).withName("checkout").delete();

    await()
        .atMost(RunningOperator.SOON)
        .untilAsserted(() -> assertThat(operator.surroundings.podsLeft).containsKey(uid));
    assertThat(operator.surroundings.podsLeft.get(uid).getAsBoolean()).isTrue();

    // No new pods take the place of those that go.
    admin.apps().deployments().inNamespace(namespace).withName("checkout").delete();

    await()
        .atMost(RunningOperator.SOON)
        .until(() -> !operator.surroundings.podsLeft.get(uid).getAsBoolean());
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
}
