package io.crashmonitor.testbed.node;

import java.time.Instant;

/** What a container is doing, in Kubernetes' three states. */
sealed interface ContainerPhase {

  /**
   * @param reason as the kubelet writes it: PodInitializing, ContainerCreating, CrashLoopBackOff …
   */
  record Waiting(String reason, String message) implements ContainerPhase {
    static final Waiting CREATING = new Waiting("ContainerCreating", "");
    static final Waiting INITIALIZING = new Waiting("PodInitializing", "");
  }

  record Running(Instant startedAt, String containerId) implements ContainerPhase {}

  /**
   * @param exitCode 32 bits, signed
   * @param reason Completed, Error or StartError
   */
  record Terminated(
      int exitCode, String reason, Instant startedAt, Instant finishedAt, String containerId)
      implements ContainerPhase {
    boolean succeeded() {
      return exitCode == 0;
    }
  }
}
