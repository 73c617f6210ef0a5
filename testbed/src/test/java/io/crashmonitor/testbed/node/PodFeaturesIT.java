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
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerBuilder;
import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.Probe;
import io.fabric8.kubernetes.api.model.ProbeBuilder;
import io.fabric8.kubernetes.api.model.authentication.TokenReview;
import io.fabric8.kubernetes.api.model.authentication.TokenReviewBuilder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Hooks, probes, native sidecars and volumes, as an injected pod uses them. */
@ExtendWith(SharedControlPlane.class)
class PodFeaturesIT {
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
  void startsTheAppOnlyOnceTheSidecarsStartupProbeHasPassed() {
    Pod pod =
        withSidecar(
            node.pod("gated", mounting(container("app", CRASHER, "--quiet"))).build(),
            exec("cmd", "/d", "/c", "if not exist C:\\shared\\ready exit /b 1"));
    node.create(pod);
    Pod waiting = node.awaitPod("gated", "sidecar running", running("sidecar"));
    assertThat(status(waiting, "sidecar").getStarted()).isFalse();
    assertThat(waiting("app", "PodInitializing")).accepts(waiting);

    write(node.node.volume(node.get("gated"), "shared").resolve("ready"));

    Pod running = node.awaitPod("gated", "app running", running("app"));
    assertThat(status(running, "sidecar").getStarted()).isTrue();
    node.awaitPod("gated", "pod running", p -> "Running".equals(p.getStatus().getPhase()));
  }

  @Test
  void runsTheSidecarsPreStopHookBesideTheAppAndStopsItAfterTheApp() {
    String untilTold = "for /l %i in (1,1,600) do @if not exist C:\\shared\\go ping -n 1 127.0.0.1";
    Container app =
        stopping(mounting(container("app", CRASHER, "--quiet")), untilTold + " >nul & exit /b 0");
    Container sidecar =
        new ContainerBuilder(
                stopping(
                    mounting(container("sidecar", CRASHER, "--crash", "exit:7", "--on-stop")),
                    "echo asked>C:\\shared\\asked"))
            .withRestartPolicy("Always")
            .build();
    Pod bare = node.pod("ending", app).build();
    Pod created =
        node.create(
            new PodBuilder(bare)
                .editSpec()
                .withTerminationGracePeriodSeconds(SOON.toSeconds())
                .addToInitContainers(sidecar)
                .endSpec()
                .build());
    node.awaitPod("ending", "running", running("app"));
    Path shared = node.node.volume(created, "shared");

    node.client.resource(created).delete();

    await().atMost(SOON).until(() -> Files.exists(shared.resolve("asked")));
    await()
        .atMost(SOON)
        .until(() -> node.events(created).stream().filter(NodeFixture::isKilling).count() == 2);
    assertThat(running("app").and(running("sidecar"))).accepts(node.get("ending"));
    assertThat(node.log(created, "sidecar", 0)).doesNotContain("asked to end");
    write(shared.resolve("go"));
    await().atMost(SOON).until(() -> node.get("ending") == null);
    assertThat(node.log(created, "sidecar", 0)).contains("asked to end");
  }

  @Test
  void killsAContainerWhosePostStartHookFails() {
    Pod created =
        node.create(
            hooked("hook-fails", container("app", CRASHER, "--quiet"), "cmd", "/c", "exit 7"));

    node.awaitPod("hook-fails", "hook error", waiting("app", "PostStartHookError"));
    Pod backOff = node.awaitPod("hook-fails", "back-off", waiting("app", "CrashLoopBackOff"));

    assertThat(status(backOff, "app").getLastState().getTerminated().getExitCode())
        .isEqualTo(0xC000013A);
    assertThat(node.events(created))
        .filteredOn(event -> event.getReason().equals("FailedPostStartHook"))
        .extracting(Event::getMessage)
        .anySatisfy(message -> assertThat(message).contains("exited with 7"));
  }

  @Test
  void leavesTheAppAloneWhenTheHooksHelperIsMissing() {
    node.create(
        hooked(
            "helper-missing",
            container("app", CRASHER, "--quiet"),
            "cmd",
            "/d",
            "/c",
            "C:\\crash-monitor\\bin\\attach.exe hook >nul 2>&1 & exit /b 0"));

    Pod pod = node.awaitPod("helper-missing", "running", running("app"));

    assertThat(status(pod, "app").getReady()).isTrue();
    assertThat(status(pod, "app").getRestartCount()).isZero();
  }

  @Test
  void killsAContainerWhosePostStartProgramIsMissing() {
    node.create(hooked("hook-missing", container("app", CRASHER, "--quiet"), "C:\\none.exe"));

    node.awaitPod("hook-missing", "hook error", waiting("app", "PostStartHookError"));
  }

  @Test
  void sharesAnEmptyDirButNoProcesses() {
    Container writer =
        mounting(
            container(
                "writer", SHELL, "echo hello>C:\\shared\\a.txt& C:\\app\\crasher.exe --quiet"));
    Container reader =
        mounting(
            container(
                "reader",
                SHELL,
                "for /l %i in (1,1,600) do @if not exist C:\\shared\\a.txt ping -n 1 127.0.0.1"
                    + " >nul& type C:\\shared\\a.txt & taskkill /f /im crasher.exe"));
    node.create(
        new PodBuilder(node.pod("sharing", writer, reader).build())
            .editSpec()
            .withRestartPolicy("Never")
            .endSpec()
            .build());

    Pod pod = node.awaitPod("sharing", "reader's end", terminated("reader"));

    assertThat(node.log(pod, "reader", 0)).contains("hello");
    assertThat(status(pod, "reader").getState().getTerminated().getExitCode()).isEqualTo(128);
    assertThat(running("writer")).accepts(pod);
  }

  @Test
  void givesATokenBoundToThePodAndAConfigMapThatFollows() {
    Pod pod =
        new PodBuilder(node.pod("identity", container("app", CRASHER, "--quiet")).build())
            .editSpec()
            .addNewVolume()
            .withName("identity")
            .withNewProjected()
            .addNewSource()
            .withNewServiceAccountToken("crashmonitor.io", 3600L, "token")
            .endSource()
            .addNewSource()
            .withNewConfigMap()
            .withName("ca")
            .withOptional(true)
            .addNewItem("ca.crt", null, "ca.crt")
            .endConfigMap()
            .endSource()
            .endProjected()
            .endVolume()
            .endSpec()
            .build();
    Pod created = node.create(pod);
    node.awaitPod("identity", "running", running("app"));
    Path volume = node.node.volume(created, "identity");

    TokenReview review = review(read(volume.resolve("token")));
    configMap("one");

    assertThat(review.getStatus().getAuthenticated()).isTrue();
    assertThat(review.getStatus().getUser().getExtra())
        .containsEntry("authentication.kubernetes.io/pod-name", List.of("identity"));
    await()
        .atMost(SOON)
        .untilAsserted(() -> assertThat(volume.resolve("ca.crt")).hasContent("one"));
    configMap("two");
    await()
        .atMost(SOON)
        .untilAsserted(() -> assertThat(volume.resolve("ca.crt")).hasContent("two"));
  }

  @Test
  void restartsAContainerThatFailsItsLivenessProbe() {
    Container app =
        new ContainerBuilder(container("app", CRASHER, "--quiet"))
            .withLivenessProbe(exec("cmd", "/c", "exit 1"))
            .build();
    node.create(node.pod("unhealthy", app).build());

    node.awaitPod("unhealthy", "restart", restarted("app", 1));
  }

  @Test
  void tellsAContainerAboutItsPod() {
    Container app =
        new ContainerBuilder(container("app", SHELL, "echo $(ME) %NODE%"))
            .addNewEnv()
            .withName("ME")
            .withNewValueFrom()
            .withNewFieldRef("v1", "metadata.name")
            .endValueFrom()
            .endEnv()
            .addNewEnv()
            .withName("NODE")
            .withNewValueFrom()
            .withNewFieldRef("v1", "spec.nodeName")
            .endValueFrom()
            .endEnv()
            .build();
    node.create(node.pod("aware", app).build());

    Pod pod = node.awaitPod("aware", "restart", restarted("app", 1));

    assertThat(node.log(pod, "app", 0)).startsWith("aware " + node.namespace);
  }

  private static Pod hooked(String name, Container app, String... command) {
    Container hooked =
        new ContainerBuilder(app)
            .withNewLifecycle()
            .withNewPostStart()
            .withNewExec()
            .addToCommand(command)
            .endExec()
            .endPostStart()
            .endLifecycle()
            .build();
    return node.pod(name, hooked).build();
  }

  private static Container stopping(Container container, String preStop) {
    return new ContainerBuilder(container)
        .withNewLifecycle()
        .withNewPreStop()
        .withNewExec()
        .addToCommand("cmd", "/d", "/c", preStop)
        .endExec()
        .endPreStop()
        .endLifecycle()
        .build();
  }

  private static Container mounting(Container container) {
    return new ContainerBuilder(container)
        .addNewVolumeMount()
        .withName("shared")
        .withMountPath("C:\\shared")
        .endVolumeMount()
        .build();
  }

  private static Pod withSidecar(Pod pod, Probe startup) {
    Container sidecar =
        new ContainerBuilder(mounting(container("sidecar", CRASHER, "--quiet")))
            .withRestartPolicy("Always")
            .withStartupProbe(startup)
            .build();
    return new PodBuilder(pod).editSpec().addToInitContainers(sidecar).endSpec().build();
  }

  private static Probe exec(String... command) {
    return new ProbeBuilder()
        .withNewExec()
        .addToCommand(command)
        .endExec()
        .withPeriodSeconds(1)
        .withFailureThreshold(command[1].equals("/d") ? 60 : 2)
        .build();
  }

  private static TokenReview review(String token) {
    return node.client
        .resource(
            new TokenReviewBuilder()
                .withNewSpec()
                .withToken(token)
                .withAudiences("crashmonitor.io")
                .endSpec()
                .build())
        .create();
  }

  private static void configMap(String content) {
    node.client
        .resource(
            new ConfigMapBuilder()
                .withNewMetadata()
                .withName("ca")
                .withNamespace(node.namespace)
                .endMetadata()
                .withData(Map.of("ca.crt", content))
                .build())
        .forceConflicts()
        .serverSideApply();
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void write(Path file) {
    try {
      Files.writeString(file, "1");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
