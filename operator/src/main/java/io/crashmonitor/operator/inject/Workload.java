package io.crashmonitor.operator.inject;

import io.crashmonitor.api.Names;
import io.crashmonitor.api.WorkloadKind;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import io.fabric8.kubernetes.api.model.apps.DaemonSet;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * One view of Deployment, StatefulSet and DaemonSet: what planner and intent want to know of a
 * target, as values. The template is the cache's own object: read it, never change it.
 *
 * @param deleting whether it is on its way out
 * @param replicaFailure why the cluster refuses to make its pods; empty while it does not
 */
public record Workload(
    WorkloadKind kind,
    String namespace,
    String name,
    String uid,
    boolean deleting,
    Map<String, String> annotations,
    PodTemplateSpec template,
    Rollout rollout,
    Optional<ReplicaFailure> replicaFailure,
    LiveInjection injection) {

  /** The cluster refuses pods of the template, such as an admission policy or a quota does. */
  public record ReplicaFailure(String message, Instant since) {}

  /**
   * @throws IllegalArgumentException for any other kind
   */
  public static Workload of(HasMetadata resource) {
    if (resource instanceof Deployment d) {
      return of(
          WorkloadKind.Deployment, d, d.getSpec().getTemplate(), Rollout.of(d), replicaFailure(d));
    }
    if (resource instanceof StatefulSet s) {
      return of(
          WorkloadKind.StatefulSet, s, s.getSpec().getTemplate(), Rollout.of(s), Optional.empty());
    }
    if (resource instanceof DaemonSet d) {
      return of(
          WorkloadKind.DaemonSet, d, d.getSpec().getTemplate(), Rollout.of(d), Optional.empty());
    }
    throw new IllegalArgumentException("not a workload: " + resource.getKind());
  }

  private static Workload of(
      WorkloadKind kind,
      HasMetadata resource,
      PodTemplateSpec template,
      Rollout rollout,
      Optional<ReplicaFailure> replicaFailure) {
    var meta = resource.getMetadata();
    return new Workload(
        kind,
        meta.getNamespace(),
        meta.getName(),
        meta.getUid(),
        meta.getDeletionTimestamp() != null,
        meta.getAnnotations() == null ? Map.of() : meta.getAnnotations(),
        template,
        rollout,
        replicaFailure,
        LiveInjection.of(template, OwnedFields.of(resource)));
  }

  private static Optional<ReplicaFailure> replicaFailure(Deployment d) {
    if (d.getStatus() == null) {
      return Optional.empty();
    }
    return d.getStatus().getConditions().stream()
        .filter(c -> "ReplicaFailure".equals(c.getType()) && "True".equals(c.getStatus()))
        .findFirst()
        .map(
            c ->
                new ReplicaFailure(
                    c.getMessage() == null ? c.getReason() : c.getMessage(),
                    Instant.parse(
                        c.getLastUpdateTime() == null
                            ? c.getLastTransitionTime()
                            : c.getLastUpdateTime())));
  }

  /** As in reports and messages: Deployment/checkout. */
  public String reference() {
    return kind + "/" + name;
  }

  public List<Container> containers() {
    return template.getSpec().getContainers();
  }

  /** Whether its owner asked monitoring to step back for a debugger. */
  public boolean remoteDebugging() {
    return "true".equals(annotations.get(Names.REMOTE_DEBUGGING));
  }
}
