package io.crashmonitor.operator.session;

import static io.crashmonitor.operator.session.RunningOperator.condition;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.crashmonitor.api.CompletionReason;
import io.crashmonitor.api.ConditionTypes;
import io.crashmonitor.api.CrashKind;
import io.crashmonitor.api.CrashMonitorSession;
import io.crashmonitor.api.CrashSummary;
import io.crashmonitor.api.DumpState;
import io.crashmonitor.api.Names;
import io.crashmonitor.api.Phase;
import io.crashmonitor.api.Reasons;
import io.crashmonitor.operator.agent.PublishedSession;
import io.crashmonitor.operator.storage.StoredCrash;
import io.crashmonitor.report.CrashId;
import io.crashmonitor.report.DumpReport;
import io.crashmonitor.report.ExitCode;
import io.crashmonitor.report.ExitCodeSource;
import io.crashmonitor.testbed.controlplane.ControlPlane;
import io.crashmonitor.testbed.controlplane.SharedControlPlane;
import io.fabric8.kubernetes.api.model.ContainerStatusBuilder;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.PodConditionBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * What pods tell, on a real API server: their statuses are written by the test, as by a kubelet.
 */
@ExtendWith(SharedControlPlane.class)
class SessionPodsIT {
  private static final int ACCESS_VIOLATION = 0xC0000005;

  private RunningOperator operator;
  private KubernetesClient admin;
  private String namespace;

  @BeforeEach
  void start(ControlPlane controlPlane) {
    admin = controlPlane.client();
    namespace = controlPlane.newNamespace("pods");
    operator = RunningOperator.start(controlPlane, namespace);
    create(Manifests.deployment("checkout"));
    create(Manifests.session("checkout", "checkout", "maxDumps: 1"));
    operator.await("checkout", Phase.Starting);
  }

  @AfterEach
  void stop() {
    operator.close();
  }

  @Test
  void anImageThatCannotBePulledTakesTheSidecarOut() {
    Pod pod = injectedPod();
    status(
        pod,
        p ->
            p.editStatus()
                .withInitContainerStatuses(
                    container(Names.SIDECAR)
                        .withNewState()
                        .withNewWaiting("no such image", "ImagePullBackOff")
                        .endState()
                        .build())
                .endStatus());

    CrashMonitorSession failed = operator.await("checkout", Phase.Failed);
    assertThat(condition(failed, ConditionTypes.STALLED).getReason())
        .isEqualTo(Reasons.INJECTION_FAILED);
    assertThat(condition(failed, ConditionTypes.STALLED).getMessage())
        .contains(pod.getMetadata().getName(), "ImagePullBackOff", "no such image");
    await("the failure is written down before the sidecar is taken out")
        .atMost(RunningOperator.SOON)
        .until(
            () ->
                admin
                    .apps()
                    .deployments()
                    .inNamespace(namespace)
                    .withName("checkout")
                    .get()
                    .getSpec()
                    .getTemplate()
                    .getSpec()
                    .getInitContainers()
                    .isEmpty());
  }

  @Test
  void anAttachedPodIsCountedAndPublished() {
    run(injectedPod());

    CrashMonitorSession monitoring = operator.await("checkout", Phase.Monitoring);
    assertThat(monitoring.getStatus().replicas().total()).isEqualTo(1);
    await()
        .atMost(RunningOperator.SOON)
        .untilAsserted(
            () -> {
              CrashMonitorSession session = operator.session("checkout");
              assertThat(session.getStatus().replicas().attached()).isEqualTo(1);
              assertThat(condition(session, ConditionTypes.ATTACHED).getStatus()).isEqualTo("True");
              assertThat(condition(session, ConditionTypes.READY).getStatus()).isEqualTo("True");
            });
    PublishedSession published =
        operator.board.find(monitoring.getMetadata().getUid()).orElseThrow();
    assertThat(published.configuration().armed()).isTrue();
    assertThat(published.container()).isEqualTo("app");
    assertThat(published.workload()).isEqualTo("Deployment/checkout");
  }

  @Test
  void aCrashWithoutDumpIsRecordedAndItsLateDumpTakesItsPlace() {
    Pod pod = injectedPod();
    run(pod);
    operator.await("checkout", Phase.Monitoring);
    Instant end = Instant.now().truncatedTo(ChronoUnit.SECONDS);

    crash(pod, end.minusSeconds(20), end);

    operator.await("checkout", s -> s.getStatus().crashCount() == 1);
    DumpReport report = operator.surroundings.recorded.get(0);
    assertThat(report.exitCode()).isEqualTo("0xC0000005");
    assertThat(report.dump()).isEqualTo(DumpState.None);
    assertThat(report.pod()).isEqualTo(pod.getMetadata().getName());
    assertThat(report.imageId()).isEqualTo("x");
    assertThat(operator.session("checkout").getStatus().exitCodeGroups())
        .singleElement()
        .matches(g -> g.count() == 1 && g.dumps() == 0 && g.exitCode() == ACCESS_VIOLATION);

    operator.surroundings.store(
        operator.session("checkout").getMetadata().getUid(), dump(pod, end));

    CrashMonitorSession completed = operator.await("checkout", Phase.Completed);
    assertThat(completed.getStatus().completion().reason())
        .isEqualTo(CompletionReason.MaxDumpsReached);
    assertThat(completed.getStatus().crashCount()).isEqualTo(1);
    assertThat(completed.getStatus().recentCrashes())
        .extracting(CrashSummary::dump)
        .containsExactly(DumpState.Stored);
    await()
        .atMost(RunningOperator.SOON)
        .untilAsserted(() -> assertThat(operator.surroundings.joined).isNotEmpty());
    await()
        .atMost(RunningOperator.SOON)
        .untilAsserted(
            () ->
                assertThat(
                        operator
                            .board
                            .find(completed.getMetadata().getUid())
                            .orElseThrow()
                            .configuration()
                            .disarmedReason())
                    .isEqualTo("BudgetUsed"));
    assertThat(admin.events().v1().events().inNamespace(namespace).list().getItems())
        .extracting(e -> e.getReason())
        .contains("SidecarInjected", "CrashDetected", "DumpStored", "SessionCompleted");

    operator.surroundings.store(completed.getMetadata().getUid());
    operator.await("checkout", Phase.Monitoring);
    assertThat(operator.surroundings.logged)
        .as("lines of the container's log that are asked for")
        .isEqualTo(Map.of(dump(pod, end).id(), 100));
  }

  private StoredCrash dump(Pod pod, Instant end) {
    CrashMonitorSession session = operator.session("checkout");
    return new StoredCrash(
        CrashId.of(pod.getMetadata().getUid(), 7, end.minusSeconds(20)),
        session.getStatus().run().id(),
        pod.getMetadata().getName(),
        pod.getMetadata().getUid(),
        "app",
        "app.exe",
        7,
        Optional.of(end.minusSeconds(20)),
        end.minusSeconds(1),
        CrashKind.Crash,
        new ExitCode(ACCESS_VIOLATION),
        ExitCodeSource.Exception,
        DumpState.Stored,
        Optional.of("a.dmp"),
        "",
        "",
        "",
        true,
        Optional.empty(),
        Optional.empty(),
        false,
        Optional.empty());
  }

  private Pod injectedPod() {
    return await()
        .atMost(RunningOperator.SOON)
        .until(
            () ->
                admin
                    .pods()
                    .inNamespace(namespace)
                    .withLabel(Names.SESSION_UID_LABEL)
                    .list()
                    .getItems()
                    .stream()
                    .findFirst(),
            Optional::isPresent)
        .orElseThrow();
  }

  private void run(Pod pod) {
    String now = Instant.now().truncatedTo(ChronoUnit.SECONDS).toString();
    status(
        pod,
        p ->
            p.editStatus()
                .withPhase("Running")
                .withConditions(
                    new PodConditionBuilder()
                        .withType("Ready")
                        .withStatus("True")
                        .withLastTransitionTime(now)
                        .build(),
                    new PodConditionBuilder()
                        .withType(Names.POD_ATTACHED_CONDITION)
                        .withStatus("True")
                        .withReason("Attached")
                        .withLastTransitionTime(now)
                        .build())
                .withInitContainerStatuses(
                    container(Names.SIDECAR)
                        .withNewState()
                        .withNewRunning()
                        .withStartedAt(now)
                        .endRunning()
                        .endState()
                        .build())
                .endStatus());
  }

  private void crash(Pod pod, Instant started, Instant ended) {
    status(
        pod,
        p ->
            p.editStatus()
                .withContainerStatuses(
                    container("app")
                        .withRestartCount(1)
                        .withNewState()
                        .withNewRunning()
                        .withStartedAt(ended.plusSeconds(1).toString())
                        .endRunning()
                        .endState()
                        .withNewLastState()
                        .withNewTerminated()
                        .withExitCode(ACCESS_VIOLATION)
                        .withReason("Error")
                        .withStartedAt(started.toString())
                        .withFinishedAt(ended.toString())
                        .endTerminated()
                        .endLastState()
                        .build())
                .endStatus());
  }

  private static ContainerStatusBuilder container(String name) {
    return new ContainerStatusBuilder()
        .withName(name)
        .withImage("x")
        .withImageID("x")
        .withReady(true)
        .withRestartCount(0);
  }

  /** Tries again on a conflict: the operator and the controllers write the pod's status too. */
  private void status(Pod pod, UnaryOperator<PodBuilder> change) {
    var resource = admin.pods().inNamespace(namespace).withName(pod.getMetadata().getName());
    await()
        .atMost(RunningOperator.SOON)
        .ignoreExceptionsMatching(
            e -> e instanceof KubernetesClientException k && k.getCode() == 409)
        .until(() -> resource.editStatus(p -> change.apply(new PodBuilder(p)).build()) != null);
  }

  private void create(String yaml) {
    HasMetadata resource = admin.getKubernetesSerialization().unmarshal(yaml);
    resource.getMetadata().setNamespace(namespace);
    admin.resource(resource).create();
  }
}
