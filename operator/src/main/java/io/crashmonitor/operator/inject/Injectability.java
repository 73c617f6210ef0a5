package io.crashmonitor.operator.inject;

import io.crashmonitor.api.Reasons;
import io.crashmonitor.api.Target;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.NodeSelectorRequirement;
import io.fabric8.kubernetes.api.model.NodeSelectorTerm;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.WindowsSecurityContextOptions;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Whether a workload can be injected at all, and into which of its containers. Pure. */
public final class Injectability {
  private static final String OS_LABEL = "kubernetes.io/os";
  private static final String WINDOWS = "windows";

  private Injectability() {}

  /**
   * Why not.
   *
   * @param reason one of {@link Reasons}
   * @param message what is in the way and the next step
   */
  public record Obstacle(String reason, String message) {}

  /** The container to watch, by the target's name for it or because it is the only one. */
  public static Optional<String> container(Workload workload, Target target) {
    List<String> names = workload.containers().stream().map(Container::getName).toList();
    if (target.container() != null) {
      return names.contains(target.container())
          ? Optional.of(target.container())
          : Optional.empty();
    }
    return names.size() == 1 ? Optional.of(names.get(0)) : Optional.empty();
  }

  /** What is wrong with the target's name for the container; a matter of the session's spec. */
  public static Optional<Obstacle> containerObstacle(Workload workload, Target target) {
    if (container(workload, target).isPresent()) {
      return Optional.empty();
    }
    String names =
        String.join(", ", workload.containers().stream().map(Container::getName).toList());
    return Optional.of(
        target.container() == null
            ? new Obstacle(
                Reasons.CONTAINER_REQUIRED,
                workload.reference()
                    + " has several containers: name one of them in spec.target.container ("
                    + names
                    + ")")
            : new Obstacle(
                Reasons.CONTAINER_NOT_FOUND,
                "spec.target.container: "
                    + workload.reference()
                    + " has no container "
                    + target.container()
                    + "; it has "
                    + names));
  }

  /** What in the workload is in the way. */
  public static Optional<Obstacle> obstacle(Workload workload, String container, Capture capture) {
    return notWindows(workload)
        .or(
            () ->
                capture instanceof Capture.Hook ? hookInUse(workload, container) : Optional.empty())
        .or(
            () ->
                capture instanceof Capture.ByRuntime
                    ? runtimeToldAlready(workload, container)
                    : Optional.empty());
  }

  /** The container tells its .NET runtime itself whether to write dumps, and where to. */
  public static Optional<Obstacle> runtimeToldAlready(Workload workload, String container) {
    Set<String> ours = workload.injection().owned().environment().getOrDefault(container, Set.of());
    List<String> theirs =
        workload.containers().stream()
            .filter(c -> c.getName().equals(container))
            .flatMap(c -> c.getEnv().stream())
            .map(EnvVar::getName)
            .filter(name -> RuntimeDumps.isMeantBy(name) && !ours.contains(name))
            .distinct()
            .toList();
    return theirs.isEmpty()
        ? Optional.empty()
        : Optional.of(
            new Obstacle(
                Reasons.FIELD_CONFLICT,
                "container "
                    + container
                    + " of "
                    + workload.reference()
                    + " sets "
                    + String.join(", ", theirs)
                    + " itself, which engine CreateDump needs for its own: remove it there, or use"
                    + " capture.engine: ProcDump"));
  }

  private static Optional<Obstacle> notWindows(Workload workload) {
    PodSpec pod = workload.template().getSpec();
    if (!isWindows(pod)) {
      return Optional.of(
          new Obstacle(
              Reasons.NOT_WINDOWS,
              workload.reference()
                  + " does not say that it runs on Windows: give its pod template the nodeSelector"
                  + " kubernetes.io/os: windows, or os.name: windows"));
    }
    if (isHostProcess(pod)) {
      return Optional.of(
          new Obstacle(
              Reasons.NOT_WINDOWS,
              workload.reference()
                  + " runs HostProcess containers, which cannot share a pod with the sidecar:"
                  + " watch another workload"));
    }
    return Optional.empty();
  }

  private static Optional<Obstacle> hookInUse(Workload workload, String container) {
    boolean foreignHook =
        workload.containers().stream()
            .filter(c -> c.getName().equals(container))
            .anyMatch(
                c -> LiveInjection.hasHook(c) && !workload.injection().hooks().contains(container));
    return foreignHook
        ? Optional.of(
            new Obstacle(
                Reasons.HOOK_IN_USE,
                "container "
                    + container
                    + " of "
                    + workload.reference()
                    + " has a postStart hook of its own and Kubernetes allows one: remove it, or"
                    + " start what it does from the container's command, or let that command start the"
                    + " helper (capture.attach: Manual)"))
        : Optional.empty();
  }

  private static boolean isWindows(PodSpec pod) {
    if (pod.getOs() != null && pod.getOs().getName() != null) {
      return WINDOWS.equals(pod.getOs().getName());
    }
    if (pod.getNodeSelector() != null && pod.getNodeSelector().containsKey(OS_LABEL)) {
      return WINDOWS.equals(pod.getNodeSelector().get(OS_LABEL));
    }
    if (pod.getAffinity() == null
        || pod.getAffinity().getNodeAffinity() == null
        || pod.getAffinity().getNodeAffinity().getRequiredDuringSchedulingIgnoredDuringExecution()
            == null) {
      return false;
    }
    List<NodeSelectorTerm> terms =
        pod.getAffinity()
            .getNodeAffinity()
            .getRequiredDuringSchedulingIgnoredDuringExecution()
            .getNodeSelectorTerms();
    return !terms.isEmpty()
        && terms.stream()
            .allMatch(t -> t.getMatchExpressions().stream().anyMatch(Injectability::wantsWindows));
  }

  private static boolean wantsWindows(NodeSelectorRequirement r) {
    return OS_LABEL.equals(r.getKey())
        && "In".equals(r.getOperator())
        && r.getValues().equals(List.of(WINDOWS));
  }

  private static boolean isHostProcess(PodSpec pod) {
    boolean ofPod =
        pod.getSecurityContext() != null
            && isHostProcess(pod.getSecurityContext().getWindowsOptions());
    return ofPod
        || pod.getContainers().stream()
            .anyMatch(
                c ->
                    c.getSecurityContext() != null
                        && isHostProcess(c.getSecurityContext().getWindowsOptions()));
  }

  private static boolean isHostProcess(WindowsSecurityContextOptions options) {
    return options != null && Boolean.TRUE.equals(options.getHostProcess());
  }
}
