package io.crashmonitor.operator.session;

import io.crashmonitor.api.Names;
import io.crashmonitor.operator.inject.InjectedPod;
import io.crashmonitor.operator.inject.Workload;
import java.util.List;
import java.util.Optional;

/** A person's debugger goes before ours: when monitoring steps back as a whole. Pure. */
final class RemoteDebugging {
  /** The agent's word for a debugger that is not ours. */
  static final String FOUND = "DebuggerAttached";

  private RemoteDebugging() {}

  /** Why monitoring steps back, with the next step. */
  static Optional<String> of(Situation s) {
    if (s.seen().workload().filter(Workload::remoteDebugging).isPresent()) {
      return Optional.of(
          "Annotation "
              + Names.REMOTE_DEBUGGING
              + " is on the workload: monitoring resumes without a restart when it is removed.");
    }
    List<InjectedPod> pods = s.livingPods();
    Optional<InjectedPod> asked = pods.stream().filter(InjectedPod::remoteDebugging).findFirst();
    if (asked.isPresent()) {
      return Optional.of(
          "Annotation "
              + Names.REMOTE_DEBUGGING
              + " is on pod "
              + asked.get().name()
              + ": monitoring of the workload resumes without a restart when it is removed.");
    }
    boolean all =
        !pods.isEmpty()
            && pods.stream()
                .allMatch(
                    p ->
                        p.attached()
                            .filter(a -> !a.attached() && FOUND.equals(a.reason()))
                            .isPresent());
    return all
        ? Optional.of(
            "Another debugger is attached in every pod: monitoring resumes by itself when it lets"
                + " go.")
        : Optional.empty();
  }

  /** Whether the agents have to be told; what they find at attach time they know themselves. */
  static boolean isAsked(Situation s) {
    return s.seen().workload().filter(Workload::remoteDebugging).isPresent()
        || s.livingPods().stream().anyMatch(InjectedPod::remoteDebugging);
  }
}
