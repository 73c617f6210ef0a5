package io.crashmonitor.operator.session;

import io.crashmonitor.api.CrashMonitorSessionSpec;
import io.crashmonitor.api.Reasons;
import io.crashmonitor.api.Run;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.HexFormat;
import java.util.Optional;

/**
 * When a run watches. Pure.
 *
 * @param stop exclusive
 */
record SessionWindow(Instant start, Instant stop) {
  private static final int ID_BYTES = 6;

  static SessionWindow of(
      CrashMonitorSessionSpec spec, Instant created, Optional<Instant> runSince) {
    Instant wanted = spec.startTime() == null ? created : spec.startTime();
    Instant start = runSince.filter(since -> since.isAfter(wanted)).orElse(wanted);
    Instant stop =
        spec.stopTime() != null
            ? spec.stopTime()
            : start.plus(spec.windowLength().orElse(CrashMonitorSessionSpec.DEFAULT_WINDOW));
    return new SessionWindow(start, stop);
  }

  /** What is wrong with the window as the spec has it, beyond what the API server can check. */
  Optional<Note> problem() {
    if (!stop.isAfter(start)) {
      return Optional.of(
          new Note(
              Reasons.STOP_BEFORE_START,
              "spec.stopTime "
                  + stop
                  + " is not after the start "
                  + start
                  + ": set a later spec.stopTime, or spec.duration instead"));
    }
    if (start.plus(CrashMonitorSessionSpec.LONGEST_WINDOW).isBefore(stop)) {
      return Optional.of(
          new Note(
              Reasons.STOP_TOO_FAR,
              "spec.stopTime "
                  + stop
                  + " is more than 93 days after the start "
                  + start
                  + ": set an earlier spec.stopTime"));
    }
    return Optional.empty();
  }

  boolean isAhead(Instant now) {
    return now.isBefore(start);
  }

  boolean isOver(Instant now) {
    return !now.isBefore(stop);
  }

  /** The run of this window: another only when a run was asked for, never by a changed spec. */
  Run run(String sessionUid, Optional<Instant> runSince) {
    String text = sessionUid + "|" + runSince.map(Instant::toString).orElse("created");
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
      return new Run(HexFormat.of().formatHex(digest, 0, ID_BYTES), start, stop);
    } catch (NoSuchAlgorithmException everyJdkHasIt) {
      throw new IllegalStateException(everyJdkHasIt);
    }
  }
}
