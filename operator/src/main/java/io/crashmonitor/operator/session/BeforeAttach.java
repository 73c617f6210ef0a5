package io.crashmonitor.operator.session;

import io.crashmonitor.api.CaptureEngine;
import io.crashmonitor.api.CrashKind;
import io.crashmonitor.operator.crash.CrashPicture;
import io.crashmonitor.operator.storage.StoredCrash;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** What is said of crashes that came before the debugger was on, and the way out. Pure. */
final class BeforeAttach {
  private BeforeAttach() {}

  /** To be added to what condition Attached says; empty without such a crash. */
  static String words(Situation s) {
    List<StoredCrash> early =
        s.crashes().map(CrashPicture::crashes).orElse(List.of()).stream()
            .filter(crash -> crash.kind() == CrashKind.CrashedBeforeAttach)
            .toList();
    int crashes = early.size();
    if (crashes == 0 || s.engine() == CaptureEngine.CreateDump) {
      return "";
    }
    // As their reports keep it: what agents say now may be another in a moment, and is unknown to
    // an
    // operator that has just started.
    Optional<Duration> delay =
        early.stream()
            .flatMap(crash -> crash.attachedAfter().stream())
            .max(Comparator.naturalOrder());
    return " "
        + (crashes == 1 ? "1 crash" : crashes + " crashes")
        + " of this run came before the debugger was on"
        + delay
            .map(d -> " (it is on " + d.plusMillis(999).toSeconds() + " s after the start)")
            .orElse("")
        + " and left no dump: capture.engine: CreateDump (.NET 6 and later) or capture.attach:"
        + " Manual catches them.";
  }
}
