package io.crashmonitor.operator.session;

import io.crashmonitor.api.CrashMonitorSessionStatus;
import io.crashmonitor.api.Run;
import io.crashmonitor.operator.agent.PublishedSession;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The runs of a session before the present one, remembered in its status: a dump that was on its
 * way when its run ended finds its place also when the operator was restarted since. Pure.
 */
final class EarlierRuns {
  private static final int LIMIT = 3;

  private EarlierRuns() {}

  /** Newest first, as long as a dump of theirs may still come. */
  static List<Run> of(Optional<CrashMonitorSessionStatus> previous, Run run, Instant now) {
    return previous.stream()
        .flatMap(p -> Stream.concat(Stream.ofNullable(p.run()), p.earlierRuns().stream()))
        .filter(earlier -> !earlier.id().equals(run.id()))
        .filter(earlier -> end(earlier, run).plus(PublishedSession.LATE).isAfter(now))
        .limit(LIMIT)
        .toList();
  }

  /** A request for another run ends the one before. */
  private static Instant end(Run earlier, Run run) {
    return earlier.stopTime().isBefore(run.startTime()) ? earlier.stopTime() : run.startTime();
  }
}
