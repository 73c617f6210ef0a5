package io.crashmonitor.testbed.node;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ExecAction;
import io.fabric8.kubernetes.api.model.Lifecycle;
import io.fabric8.kubernetes.api.model.LifecycleHandler;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Probe;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;

/** A container as its pod asks for it. */
record ContainerSpec(ContainerKind kind, Container container) {

  /** The pod's containers in the order in which they are started. */
  static List<ContainerSpec> of(Pod pod) {
    Stream<ContainerSpec> before =
        pod.getSpec().getInitContainers().stream()
            .map(
                container ->
                    new ContainerSpec(
                        "Always".equals(container.getRestartPolicy())
                            ? ContainerKind.SIDECAR
                            : ContainerKind.INIT,
                        container));
    Stream<ContainerSpec> apps =
        pod.getSpec().getContainers().stream()
            .map(container -> new ContainerSpec(ContainerKind.APP, container));
    return Stream.concat(before, apps).toList();
  }

  String name() {
    return container.getName();
  }

  Optional<List<String>> postStart() {
    return hook(Lifecycle::getPostStart);
  }

  Optional<List<String>> preStop() {
    return hook(Lifecycle::getPreStop);
  }

  Optional<Probe> startupProbe() {
    return Optional.ofNullable(container.getStartupProbe());
  }

  Optional<Probe> readinessProbe() {
    return Optional.ofNullable(container.getReadinessProbe());
  }

  Optional<Probe> livenessProbe() {
    return Optional.ofNullable(container.getLivenessProbe());
  }

  private Optional<List<String>> hook(Function<Lifecycle, LifecycleHandler> which) {
    return Optional.ofNullable(container.getLifecycle())
        .map(which)
        .map(LifecycleHandler::getExec)
        .map(ExecAction::getCommand)
        .filter(command -> !command.isEmpty());
  }
}
