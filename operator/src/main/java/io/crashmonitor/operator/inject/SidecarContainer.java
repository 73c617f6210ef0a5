package io.crashmonitor.operator.inject;

import io.crashmonitor.api.CaptureEngine;
import io.crashmonitor.api.Names;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerBuilder;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.EnvVarBuilder;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.ResourceRequirements;
import io.fabric8.kubernetes.api.model.ResourceRequirementsBuilder;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * The native sidecar's entry: an init container that keeps running. Its resources are always set,
 * as an autoscaler fails on a container without requests; there is no cpu limit, no liveness and no
 * readiness probe, because nothing of ours may make a pod unready or throttle it.
 */
record SidecarContainer(
    String image,
    List<String> command,
    List<String> args,
    String agentUrl,
    List<EnvVar> procDump,
    ResourceRequirements resources) {
  private static final String ATTACH = "C:\\agent\\attach.exe";
  private static final Set<String> PROCDUMP =
      Set.of(Names.ENV_PROCDUMP_URL, Names.ENV_PROCDUMP_SHA256);

  /** For a workload that has none yet. */
  static SidecarContainer of(SidecarSettings settings) {
    return new SidecarContainer(
        settings.image(),
        List.of(ATTACH, "sidecar"),
        List.of(),
        settings.agentUrl(),
        settings
            .procDump()
            .map(
                from ->
                    List.of(
                        value(Names.ENV_PROCDUMP_URL, from.url().toString()),
                        value(Names.ENV_PROCDUMP_SHA256, from.sha256())))
            .orElse(List.of()),
        new ResourceRequirementsBuilder()
            .addToRequests("cpu", new Quantity(settings.cpuRequest()))
            .addToRequests("memory", new Quantity(settings.memoryRequest()))
            .addToLimits("memory", new Quantity(settings.memoryLimit()))
            .build());
  }

  /** As it stands in a live template: another value would roll the workload. */
  static SidecarContainer frozen(Container live) {
    return new SidecarContainer(
        live.getImage(),
        live.getCommand(),
        live.getArgs(),
        live.getEnv().stream()
            .filter(e -> Names.ENV_AGENT_URL.equals(e.getName()))
            .map(EnvVar::getValue)
            .findFirst()
            .orElse(""),
        live.getEnv().stream().filter(e -> PROCDUMP.contains(e.getName())).toList(),
        live.getResources());
  }

  /** The engine that a sidecar in a template, or in a pod, was put there for. */
  static CaptureEngine engine(Container sidecar) {
    return sidecar.getEnv().stream()
            .anyMatch(
                e ->
                    Names.ENV_ENGINE.equals(e.getName())
                        && CaptureEngine.CreateDump.name().equals(e.getValue()))
        ? CaptureEngine.CreateDump
        : CaptureEngine.ProcDump;
  }

  /**
   * @param engine ProcDump or CreateDump
   */
  Container build(String sessionUid, String container, CaptureEngine engine) {
    List<EnvVar> env = new ArrayList<>();
    env.add(value(Names.ENV_AGENT_URL, agentUrl));
    env.add(value(Names.ENV_SESSION_UID, sessionUid));
    env.add(value(Names.ENV_CONTAINER, container));
    if (engine == CaptureEngine.CreateDump) {
      env.add(value(Names.ENV_ENGINE, engine.name()));
    }
    env.add(field("POD_NAME", "metadata.name"));
    env.add(field("POD_NAMESPACE", "metadata.namespace"));
    env.add(field("POD_UID", "metadata.uid"));
    env.add(field("NODE_NAME", "spec.nodeName"));
    return new ContainerBuilder()
        .withName(Names.SIDECAR)
        .withImage(image)
        .withRestartPolicy("Always")
        .withCommand(command)
        .withArgs(args)
        .withEnv(env)
        .addAllToEnv(procDump)
        .withResources(resources)
        .withNewStartupProbe()
        .withNewExec()
        .withCommand(ATTACH, "ready")
        .endExec()
        // The helper turns it green after 10 s whatever happened; the rest is a slow node.
        .withPeriodSeconds(1)
        .withTimeoutSeconds(10)
        .withFailureThreshold(120)
        .endStartupProbe()
        .withNewLifecycle()
        .withNewPreStop()
        .withNewExec()
        .withCommand(ATTACH, "drain")
        .endExec()
        .endPreStop()
        .endLifecycle()
        .withNewSecurityContext()
        .withRunAsNonRoot(true)
        .withNewWindowsOptions()
        .withRunAsUserName("ContainerUser")
        .endWindowsOptions()
        .endSecurityContext()
        .addNewVolumeMount()
        .withName(Names.VOLUME)
        .withMountPath(Names.MOUNT_PATH)
        .endVolumeMount()
        .addNewVolumeMount()
        .withName(Names.IDENTITY_VOLUME)
        .withMountPath(Names.IDENTITY_MOUNT_PATH)
        .withReadOnly(true)
        .endVolumeMount()
        .build();
  }

  private static EnvVar value(String name, String value) {
    return new EnvVarBuilder().withName(name).withValue(value).build();
  }

  private static EnvVar field(String name, String path) {
    return new EnvVarBuilder()
        .withName(name)
        .withNewValueFrom()
        .withNewFieldRef()
        .withFieldPath(path)
        .endFieldRef()
        .endValueFrom()
        .build();
  }
}
