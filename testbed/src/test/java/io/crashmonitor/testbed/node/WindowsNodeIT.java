package io.crashmonitor.testbed.node;

import static io.crashmonitor.testbed.node.NodeFixture.CRASHER;
import static io.crashmonitor.testbed.node.NodeFixture.SHELL;
import static io.crashmonitor.testbed.node.NodeFixture.SOON;
import static io.crashmonitor.testbed.node.NodeFixture.container;
import static io.crashmonitor.testbed.node.NodeFixture.restarted;
import static io.crashmonitor.testbed.node.NodeFixture.running;
import static io.crashmonitor.testbed.node.NodeFixture.status;
import static io.crashmonitor.testbed.node.NodeFixture.terminated;
import static io.crashmonitor.testbed.node.NodeFixture.waiting;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.crashmonitor.testbed.controlplane.ControlPlane;
import io.crashmonitor.testbed.controlplane.SharedControlPlane;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerBuilder;
import io.fabric8.kubernetes.api.model.ContainerStateTerminated;
import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.PodCondition;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.DeploymentBuilder;
import io.fabric8.kubernetes.client.dsl.LogWatch;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.io.ByteArrayOutputStream;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** A real control plane gives pods to the simulated node. */
@ExtendWith(SharedControlPlane.class)
class WindowsNodeIT {
  private static NodeFixture node;

  @BeforeAll
  static void start(ControlPlane controlPlane, @TempDir Path folder) {
    node = new NodeFixture(controlPlane, folder);
  }

  @AfterAll
  static void stop() {
    node.close();
  }

  @Test
  void reportsAllThirtyTwoBitsOfACrashAndStartsTheContainerAgain() {
    node.create(
        node.pod("crashes", container("app", CRASHER, "--crash", "av", "--after", "100")).build());

    Pod pod = node.awaitPod("crashes", "second restart", restarted("app", 2));

    ContainerStateTerminated last = status(pod, "app").getLastState().getTerminated();
    assertThat(last.getExitCode()).isEqualTo(-1073741819);
    assertThat(last.getReason()).isEqualTo("Error");
    assertThat(Instant.parse(last.getFinishedAt()))
        .isAfterOrEqualTo(Instant.parse(last.getStartedAt()));
    assertThat(node.log(pod, "app", 0)).isNotBlank();
    node.awaitPod("crashes", "back-off", waiting("app", "CrashLoopBackOff"));
  }

  @Test
  void hasItsLogsReadThroughTheApiServer() {
    Container app = container("app", SHELL, "echo one&echo two&ping -n 2 127.0.0.1 >nul&exit /b 1");
    Pod created = node.create(node.pod("talks", app).build());
    node.awaitPod("talks", "restart", restarted("app", 1));
    var logs = node.client.pods().resource(created).inContainer("app");

    assertThat(logs.terminated().getLog()).isEqualToNormalizingNewlines("one\ntwo\n");
    assertThat(logs.terminated().tailingLines(1).getLog()).isEqualToNormalizingNewlines("two\n");
  }

  @Test
  void hasItsLogsFollowed() {
    Container app = container("app", SHELL, "echo one& ping -n 4 127.0.0.1 >nul& echo two");
    Pod created = node.create(node.pod("followed", app).build());
    node.awaitPod("followed", "running", running("app"));
    ByteArrayOutputStream followed = new ByteArrayOutputStream();

    LogWatch watch = node.client.pods().resource(created).inContainer("app").watchLog(followed);

    await().atMost(SOON).until(() -> followed.toString().contains("one"));
    await().atMost(SOON).until(() -> followed.toString().contains("two"));
    watch.close();
  }

  @Test
  void failsAContainerThatCannotBeConfiguredUntilItCan() {
    Container app =
        new ContainerBuilder(container("app", CRASHER, "--quiet"))
            .addNewEnv()
            .withName("KEY")
            .withNewValueFrom()
            .withNewSecretKeyRef("key", "storage", false)
            .endValueFrom()
            .endEnv()
            .build();
    node.create(node.pod("misses-secret", app).build());
    node.awaitPod("misses-secret", "waiting", waiting("app", "CreateContainerConfigError"));

    node.client
        .resource(
            new SecretBuilder()
                .withNewMetadata()
                .withName("storage")
                .withNamespace(node.namespace)
                .endMetadata()
                .withStringData(Map.of("key", "value"))
                .build())
        .create();

    node.awaitPod("misses-secret", "running", running("app"));
  }

  @Test
  void saysThatAnImageIsUnknownAsTheKubeletDoes() {
    Pod created = node.create(node.pod("unknown-image", container("app", "nobody/none:1")).build());

    Pod pod = node.awaitPod("unknown-image", "back-off", waiting("app", "ImagePullBackOff"));

    assertThat(pod.getStatus().getPhase()).isEqualTo("Pending");
    assertThat(status(pod, "app").getState().getWaiting().getMessage())
        .startsWith("Back-off pulling image \"nobody/none:1\": ErrImagePull: ");
    assertThat(node.events(created)).extracting(Event::getMessage).contains("Error: ErrImagePull");
  }

  @Test
  void endsAPodThatIsNotToBeStartedAgain() {
    node.create(
        new PodBuilder(node.pod("once", container("app", SHELL, "echo done& exit /b 0")).build())
            .editSpec()
            .withRestartPolicy("Never")
            .endSpec()
            .build());

    Pod pod = node.awaitPod("once", "end", terminated("app"));

    assertThat(status(pod, "app").getState().getTerminated().getReason()).isEqualTo("Completed");
    node.awaitPod("once", "success", p -> p.getStatus().getPhase().equals("Succeeded"));
    assertThat(node.log(pod, "app", 0)).startsWith("done");
  }

  @Test
  void keepsTheConditionsOfOthers() {
    node.create(
        node.pod("foreign", container("app", CRASHER, "--after", "4000", "--crash", "exit:3"))
            .build());
    node.awaitPod("foreign", "running", running("app"));
    String attached =
        "{\"status\":{\"conditions\":[{\"type\":\"crashmonitor.io/Attached\",\"status\":\"True\"}]}}";
    node.client
        .pods()
        .inNamespace(node.namespace)
        .withName("foreign")
        .subresource("status")
        .patch(PatchContext.of(PatchType.STRATEGIC_MERGE), attached);

    Pod pod = node.awaitPod("foreign", "a later status", restarted("app", 1));

    assertThat(pod.getStatus().getConditions())
        .extracting(PodCondition::getType)
        .contains("crashmonitor.io/Attached", "Ready", "PodScheduled");
  }

  @Test
  void removesADeletedPodAfterItsPreStopHook() {
    Pod app =
        new PodBuilder(node.pod("deleted", container("app", CRASHER, "--quiet")).build())
            .editSpec()
            .addNewVolume()
            .withName("shared")
            .withNewEmptyDir()
            .endEmptyDir()
            .endVolume()
            .editFirstContainer()
            .addNewVolumeMount()
            .withName("shared")
            .withMountPath("C:\\shared")
            .endVolumeMount()
            .withNewLifecycle()
            .withNewPreStop()
            .withNewExec()
            .addToCommand("cmd", "/d", "/c", "echo stopping & exit /b 0")
            .endExec()
            .endPreStop()
            .endLifecycle()
            .endContainer()
            .endSpec()
            .build();
    Pod created = node.create(app);
    node.awaitPod("deleted", "running", running("app"));
    Path volume = node.node.volume(created, "shared");
    assertThat(volume).isDirectory();

    node.client.resource(created).delete();

    await().atMost(SOON).until(() -> node.get("deleted") == null);
    await().atMost(SOON).until(() -> !volume.toFile().exists());
    assertThat(node.node.log(created, "app", 0).resolveSibling("exec.log"))
        .content()
        .contains("stopping");
  }

  @Test
  void rollsADeploymentWithoutLosingReadyPods() {
    node.client.resource(deployment("1")).create();
    awaitRollout();

    node.client.resource(deployment("2")).forceConflicts().serverSideApply();

    awaitRollout();
    assertThat(
            node.client
                .pods()
                .inNamespace(node.namespace)
                .withLabel("app", "shop")
                .list()
                .getItems())
        .filteredOn(pod -> pod.getMetadata().getDeletionTimestamp() == null)
        .hasSize(3)
        .allSatisfy(
            pod -> assertThat(pod.getMetadata().getAnnotations()).containsEntry("version", "2"));
  }

  private static void awaitRollout() {
    await()
        .atMost(SOON)
        .until(
            () -> {
              Deployment shop =
                  node.client
                      .apps()
                      .deployments()
                      .inNamespace(node.namespace)
                      .withName("shop")
                      .get();
              return shop.getMetadata()
                      .getGeneration()
                      .equals(shop.getStatus().getObservedGeneration())
                  && Integer.valueOf(3).equals(shop.getStatus().getUpdatedReplicas())
                  && Integer.valueOf(3).equals(shop.getStatus().getAvailableReplicas())
                  && Integer.valueOf(3).equals(shop.getStatus().getReplicas());
            });
  }

  private static Deployment deployment(String version) {
    Pod template = node.pod("x", container("app", CRASHER, "--quiet")).build();
    return new DeploymentBuilder()
        .withNewMetadata()
        .withName("shop")
        .withNamespace(node.namespace)
        .endMetadata()
        .withNewSpec()
        .withReplicas(3)
        .withNewSelector()
        .withMatchLabels(Map.of("app", "shop"))
        .endSelector()
        .withNewTemplate()
        .withNewMetadata()
        .withLabels(Map.of("app", "shop"))
        .withAnnotations(Map.of("version", version))
        .endMetadata()
        .withSpec(template.getSpec())
        .endTemplate()
        .endSpec()
        .build();
  }
}
