package io.crashmonitor.testbed.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.crashmonitor.testbed.node.ContainerPhase.Running;
import io.crashmonitor.testbed.node.ContainerPhase.Terminated;
import io.crashmonitor.testbed.node.ContainerPhase.Waiting;
import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.PodCondition;
import io.fabric8.kubernetes.api.model.PodStatus;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class PodStatusesTest {
  private static final Instant NOW = Instant.parse("2026-11-22T08:00:00.700Z");
  private static final Terminated CRASH =
      new Terminated(0xC0000005, "Error", NOW.minusSeconds(9), NOW, "containerd://1");

  @Test
  void isPendingUntilTheSidecarHasStarted() {
    PodView pod = pod(false, sidecar(false), app(Waiting.INITIALIZING, Optional.empty()));

    PodStatus status = status(pod, List.of());

    assertThat(status.getPhase()).isEqualTo("Pending");
    assertThat(condition(status, "Initialized").getMessage())
        .isEqualTo("containers with incomplete status: [agent]");
    assertThat(condition(status, "Ready").getStatus()).isEqualTo("False");
  }

  @Test
  void staysRunningWhileAContainerIsInBackOff() {
    PodView pod =
        pod(
            true,
            sidecar(true),
            app(new Waiting("CrashLoopBackOff", "back-off 10s"), Optional.of(CRASH)));

    PodStatus status = status(pod, List.of());

    assertThat(status.getPhase()).isEqualTo("Running");
    ContainerStatus app = status.getContainerStatuses().get(0);
    assertThat(app.getState().getWaiting().getReason()).isEqualTo("CrashLoopBackOff");
    assertThat(app.getLastState().getTerminated().getExitCode()).isEqualTo(-1073741819);
    assertThat(app.getContainerID()).isEqualTo("containerd://1");
    assertThat(condition(status, "ContainersReady").getMessage())
        .isEqualTo("containers with unready status: [app]");
  }

  @Test
  void keepsTheTransitionTimeOfAConditionThatHolds() {
    PodView pod = pod(true, app(new Running(NOW, "id"), Optional.empty()));
    List<PodCondition> before = status(pod, List.of()).getConditions();

    PodStatus later = PodStatuses.compute(pod, before, NOW.plusSeconds(60));

    assertThat(condition(later, "Ready").getStatus()).isEqualTo("True");
    assertThat(condition(later, "Ready").getLastTransitionTime()).isEqualTo("2026-11-22T08:00:00Z");
  }

  @Test
  void isFailedOrSucceededAtItsEnd() {
    PodView pod = pod(true, app(CRASH, Optional.empty()));

    assertThat(PodStatuses.phase(finished(pod, false))).isEqualTo("Failed");
    assertThat(PodStatuses.phase(finished(pod, true))).isEqualTo("Succeeded");
  }

  private static PodStatus status(PodView pod, List<PodCondition> before) {
    return PodStatuses.compute(pod, before, NOW);
  }

  private static PodCondition condition(PodStatus status, String type) {
    return status.getConditions().stream()
        .filter(condition -> condition.getType().equals(type))
        .findFirst()
        .orElseThrow();
  }

  private static PodView pod(boolean initialized, ContainerView... containers) {
    return new PodView(
        List.of(containers),
        RestartPolicy.ALWAYS,
        initialized,
        Optional.empty(),
        false,
        NOW,
        "127.10.0.1",
        "127.0.0.1");
  }

  private static PodView finished(PodView pod, boolean well) {
    return new PodView(
        pod.containers(),
        pod.policy(),
        pod.initialized(),
        Optional.of(well),
        pod.terminating(),
        pod.startTime(),
        pod.podIp(),
        pod.hostIp());
  }

  private static ContainerView sidecar(boolean started) {
    return view("agent", ContainerKind.SIDECAR, new Running(NOW, "id"), Optional.empty(), started);
  }

  private static ContainerView app(ContainerPhase phase, Optional<Terminated> last) {
    return view("app", ContainerKind.APP, phase, last, phase instanceof Running);
  }

  private static ContainerView view(
      String name,
      ContainerKind kind,
      ContainerPhase phase,
      Optional<Terminated> last,
      boolean up) {
    return new ContainerView(name, kind, "image", "", phase, last, 1, up, up, Instant.EPOCH);
  }
}
