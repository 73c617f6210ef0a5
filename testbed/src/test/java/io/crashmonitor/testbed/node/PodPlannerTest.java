package io.crashmonitor.testbed.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.crashmonitor.testbed.node.ContainerPhase.Running;
import io.crashmonitor.testbed.node.ContainerPhase.Terminated;
import io.crashmonitor.testbed.node.ContainerPhase.Waiting;
import io.crashmonitor.testbed.node.PodPlanner.Step;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class PodPlannerTest {
  private static final Instant NOW = Instant.parse("2026-11-22T08:00:00Z");

  @Test
  void startsTheSidecarBeforeTheApp() {
    assertThat(next(false, waiting("sidecar", ContainerKind.SIDECAR), app()))
        .isEqualTo(new Step.Start("sidecar"));
  }

  @Test
  void waitsForTheSidecarToHaveStarted() {
    assertThat(next(false, running("sidecar", ContainerKind.SIDECAR, false), app()))
        .isEqualTo(new Step.WaitUntil(Optional.empty()));
    assertThat(next(true, running("sidecar", ContainerKind.SIDECAR, true), app()))
        .isEqualTo(new Step.Start("app"));
  }

  @Test
  void waitsForAnInitContainerToEndWell() {
    assertThat(next(false, running("init", ContainerKind.INIT, true), app()))
        .isEqualTo(new Step.WaitUntil(Optional.empty()));
    assertThat(PodPlanner.initialized(List.of(ended("init", ContainerKind.INIT, 0, NOW)))).isTrue();
    assertThat(next(false, ended("init", ContainerKind.INIT, 1, NOW), app()))
        .isEqualTo(new Step.Start("init"));
  }

  @Test
  void startsAnAppAgainWithoutWaitingForADeadSidecar() {
    ContainerView sidecar = ended("sidecar", ContainerKind.SIDECAR, 1, NOW.plusSeconds(5));

    assertThat(next(true, sidecar, ended("app", ContainerKind.APP, 1, NOW)))
        .isEqualTo(new Step.Start("app"));
  }

  @Test
  void waitsUntilTheBackOffIsOver() {
    ContainerView app = ended("app", ContainerKind.APP, 1, NOW.plusSeconds(5));

    assertThat(next(true, app)).isEqualTo(new Step.WaitUntil(Optional.of(NOW.plusSeconds(5))));
  }

  @Test
  void finishesAPodWhoseAppsAreNotToBeStartedAgain() {
    ContainerView sidecar = running("sidecar", ContainerKind.SIDECAR, true);

    assertThat(
            PodPlanner.next(
                List.of(sidecar, ended("app", ContainerKind.APP, 3, NOW)),
                true,
                RestartPolicy.NEVER,
                NOW))
        .isEqualTo(new Step.Finish(false));
    assertThat(
            PodPlanner.next(
                List.of(sidecar, ended("app", ContainerKind.APP, 0, NOW)),
                true,
                RestartPolicy.ON_FAILURE,
                NOW))
        .isEqualTo(new Step.Finish(true));
  }

  private static Step next(boolean initialized, ContainerView... containers) {
    return PodPlanner.next(List.of(containers), initialized, RestartPolicy.ALWAYS, NOW);
  }

  private static ContainerView app() {
    return waiting("app", ContainerKind.APP);
  }

  private static ContainerView waiting(String name, ContainerKind kind) {
    return view(name, kind, Waiting.INITIALIZING, false, Instant.EPOCH);
  }

  private static ContainerView running(String name, ContainerKind kind, boolean started) {
    return view(name, kind, new Running(NOW, "id"), started, Instant.EPOCH);
  }

  private static ContainerView ended(
      String name, ContainerKind kind, int exitCode, Instant notBefore) {
    return view(name, kind, new Terminated(exitCode, "Error", NOW, NOW, "id"), false, notBefore);
  }

  private static ContainerView view(
      String name, ContainerKind kind, ContainerPhase phase, boolean started, Instant notBefore) {
    return new ContainerView(
        name, kind, "image", "", phase, Optional.empty(), 0, started, started, notBefore);
  }
}
