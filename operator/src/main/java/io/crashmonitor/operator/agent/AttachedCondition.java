package io.crashmonitor.operator.agent;

import io.crashmonitor.agent.AgentState;
import io.crashmonitor.agent.AttachPhase;
import io.crashmonitor.api.Reasons;
import java.util.regex.Pattern;

/**
 * The pod condition {@code crashmonitor.io/Attached} as an agent's state asks for it. Pure.
 *
 * @param attached whether a debugger of ours is attached, or the runtime writes dumps by itself
 * @param reason a CamelCase word
 */
record AttachedCondition(boolean attached, String reason) {
  private static final Pattern REASON = Pattern.compile("[A-Za-z][A-Za-z0-9]{0,63}");

  static AttachedCondition of(AgentState state) {
    if (state.phase() == AttachPhase.RuntimeWritesDumps) {
      // As good as attached: a crash leaves a dump.
      return new AttachedCondition(true, Reasons.RUNTIME_WRITES_DUMPS);
    }
    if (state.attached()) {
      return new AttachedCondition(true, "Attached");
    }
    // The words of a pod: only what can be a reason becomes one.
    String reason =
        REASON.matcher(state.reason()).matches() ? state.reason() : state.phase().name();
    return new AttachedCondition(false, reason);
  }

  String status() {
    return attached ? "True" : "False";
  }
}
