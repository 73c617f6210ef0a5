package io.crashmonitor.operator.agent;

import io.crashmonitor.agent.AgentState;
import io.crashmonitor.api.Names;
import java.time.Clock;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Writes the pod condition when an agent's word changes it, and only then. */
final class PodConditions {
  private static final Logger LOG = LoggerFactory.getLogger(PodConditions.class);
  private static final int REMEMBERED = 20_000;
  private static final int MESSAGE_LIMIT = 256;

  /** Patches the status of one pod. */
  @FunctionalInterface
  interface Patcher {
    void patch(AgentIdentity pod, Map<String, Object> status);
  }

  private final Patcher patcher;
  private final Clock clock;
  private final Map<String, AttachedCondition> written =
      new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, AttachedCondition> eldest) {
          return size() > REMEMBERED;
        }
      };

  PodConditions(Patcher patcher, Clock clock) {
    this.patcher = patcher;
    this.clock = clock;
  }

  void report(AgentIdentity pod, AgentState state) {
    AttachedCondition wanted = AttachedCondition.of(state);
    synchronized (written) {
      AttachedCondition known = written.get(pod.podUid());
      if (wanted.equals(known == null ? pod.attached().orElse(null) : known)) {
        return;
      }
      written.put(pod.podUid(), wanted);
    }
    try {
      patcher.patch(pod, patch(pod, wanted, state.message()));
    } catch (RuntimeException e) {
      synchronized (written) {
        written.remove(pod.podUid());
      }
      LOG.atWarn()
          .addKeyValue("pod", pod.namespace() + "/" + pod.pod())
          .addKeyValue("why", e.getMessage())
          .log("the pod's condition could not be written; tried again at the next sync");
    }
  }

  /** A strategic merge: the condition is found by its type; the uid keeps it from a later pod. */
  private Map<String, Object> patch(AgentIdentity pod, AttachedCondition wanted, String message) {
    Map<String, Object> condition =
        Map.of(
            "type",
            Names.POD_ATTACHED_CONDITION,
            "status",
            wanted.status(),
            "reason",
            wanted.reason(),
            "message",
            message.length() <= MESSAGE_LIMIT ? message : message.substring(0, MESSAGE_LIMIT),
            "lastTransitionTime",
            clock.instant().truncatedTo(ChronoUnit.SECONDS).toString());
    return Map.of(
        "metadata",
        Map.of("uid", pod.podUid()),
        "status",
        Map.of("conditions", List.of(condition)));
  }
}
