package io.crashmonitor.operator.session;

import io.crashmonitor.api.Phase;
import io.crashmonitor.operator.inject.Capture;

/** What to do with the workload this turn, and how the session then stands. */
sealed interface Plan {
  Standing standing();

  /**
   * How a session stands.
   *
   * @param reason one of {@link io.crashmonitor.api.Reasons}
   * @param message for the user; where something is missing, with the next step
   */
  record Standing(Phase phase, String reason, String message) {}

  /**
   * Put our parts in.
   *
   * @param heal whether they were there and somebody removed them
   */
  record Inject(Standing standing, String container, Capture capture, boolean heal)
      implements Plan {}

  /** Nothing to write. */
  record Keep(Standing standing) implements Plan {}

  /** Take all our parts out. */
  record Release(Standing standing) implements Plan {}

  /** Not yet: it comes by itself. */
  record Wait(Standing standing) implements Plan {}

  /** Not so: somebody has to act. */
  record Refuse(Standing standing) implements Plan {}
}
