package io.crashmonitor.operator.inject;

import java.util.List;
import java.util.Optional;

/**
 * What the installation, not a session, decides about the sidecar. A workload keeps what it was
 * injected with: changing this changes only what is injected later.
 *
 * @param image of the sidecar
 * @param agentUrl where agents reach the operator, by full service name
 * @param pullSecrets names of Secrets in the workload's namespace; usually none
 * @param cpuRequest a Kubernetes quantity; there is no cpu limit
 * @param memoryRequest a Kubernetes quantity
 * @param memoryLimit a Kubernetes quantity
 * @param procDump where the sidecar fetches ProcDump from; empty: it is in the image
 */
public record SidecarSettings(
    String image,
    String agentUrl,
    List<String> pullSecrets,
    String cpuRequest,
    String memoryRequest,
    String memoryLimit,
    Optional<ProcDumpSource> procDump) {
  public SidecarSettings {
    pullSecrets = List.copyOf(pullSecrets);
  }

  /** With ProcDump in the image. */
  public SidecarSettings(
      String image,
      String agentUrl,
      List<String> pullSecrets,
      String cpuRequest,
      String memoryRequest,
      String memoryLimit) {
    this(image, agentUrl, pullSecrets, cpuRequest, memoryRequest, memoryLimit, Optional.empty());
  }
}
