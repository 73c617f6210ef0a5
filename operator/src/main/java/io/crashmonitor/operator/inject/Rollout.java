package io.crashmonitor.operator.inject;

import io.fabric8.kubernetes.api.model.apps.DaemonSet;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;

/**
 * How far a workload's own controller has come with its present template. Done means that every pod
 * is of this template, not that every pod is well: an app that crashes is our daily business.
 *
 * @param done whether no pod of an older template is left
 * @param waitsForRestart whether the workload replaces pods only when somebody deletes them
 * @param message such as "2 of 3 pods are of the present template"
 */
public record Rollout(boolean done, boolean waitsForRestart, String message) {

  static Rollout of(Deployment d) {
    int wanted = orElse(d.getSpec().getReplicas(), 1);
    var status = d.getStatus();
    if (status == null || behind(d.getMetadata().getGeneration(), status.getObservedGeneration())) {
      return notSeen("Deployment");
    }
    int updated = orElse(status.getUpdatedReplicas(), 0);
    int all = orElse(status.getReplicas(), 0);
    boolean done = updated >= wanted && all == updated;
    String paused =
        !done && Boolean.TRUE.equals(d.getSpec().getPaused())
            ? "; the Deployment is paused: resume it with kubectl rollout resume"
            : "";
    return new Rollout(done, false, words(updated, wanted) + paused);
  }

  static Rollout of(StatefulSet s) {
    int wanted = orElse(s.getSpec().getReplicas(), 1);
    var status = s.getStatus();
    if (status == null || behind(s.getMetadata().getGeneration(), status.getObservedGeneration())) {
      return notSeen("StatefulSet");
    }
    boolean oneRevision =
        status.getUpdateRevision() != null
            && status.getUpdateRevision().equals(status.getCurrentRevision());
    int updated = oneRevision ? wanted : orElse(status.getUpdatedReplicas(), 0);
    return new Rollout(
        updated >= wanted,
        s.getSpec().getUpdateStrategy() != null
            && "OnDelete".equals(s.getSpec().getUpdateStrategy().getType()),
        words(updated, wanted));
  }

  static Rollout of(DaemonSet d) {
    var status = d.getStatus();
    if (status == null || behind(d.getMetadata().getGeneration(), status.getObservedGeneration())) {
      return notSeen("DaemonSet");
    }
    int wanted = orElse(status.getDesiredNumberScheduled(), 0);
    int updated = orElse(status.getUpdatedNumberScheduled(), 0);
    return new Rollout(
        updated >= wanted,
        d.getSpec().getUpdateStrategy() != null
            && "OnDelete".equals(d.getSpec().getUpdateStrategy().getType()),
        words(updated, wanted));
  }

  private static Rollout notSeen(String kind) {
    return new Rollout(false, false, "the " + kind + " controller has not seen the template yet");
  }

  private static boolean behind(Long generation, Long observed) {
    return generation != null && (observed == null || observed < generation);
  }

  private static String words(int updated, int wanted) {
    return updated + " of " + wanted + " pods are of the present template";
  }

  private static int orElse(Integer value, int otherwise) {
    return value == null ? otherwise : value;
  }
}
