package io.crashmonitor.operator.session;

import io.crashmonitor.api.CrashMonitorSessionStatus;
import io.crashmonitor.api.ExitCodeGroup;
import io.crashmonitor.api.Injection;
import io.crashmonitor.api.Phase;
import io.crashmonitor.api.Replicas;
import io.crashmonitor.operator.crash.CrashPicture;
import io.crashmonitor.operator.crash.ExitCodeGroups;
import io.crashmonitor.operator.inject.Breaker;
import io.crashmonitor.operator.session.Plan.Standing;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The whole status of a session, computed anew each turn. What cannot be known now, such as crashes
 * while storage is away, is carried over from the last turn. Pure.
 */
final class SessionStatusFactory {
  private SessionStatusFactory() {}

  /** What was written to the workload in this turn. */
  enum Written {
    Nothing,
    Injected,
    Healed,
    Released
  }

  static CrashMonitorSessionStatus status(Situation s, Standing standing, Written written) {
    AttachedFacts attached = AttachedFacts.of(s, standing);
    Optional<CrashMonitorSessionStatus> sameRun = s.sameRun();
    List<ExitCodeGroup> groups =
        s.crashes()
            .map(c -> ExitCodeGroups.groups(c.crashes()))
            .orElseGet(
                () -> sameRun.map(CrashMonitorSessionStatus::exitCodeGroups).orElse(List.of()));
    return new CrashMonitorSessionStatus(
        s.seen().session().getMetadata().getGeneration(),
        standing.phase(),
        s.run(),
        s.earlierRuns(),
        s.requests().recorded().orElse(null),
        s.completion().orElse(null),
        s.engine(),
        EngineChoice.next(s, standing, attached).orElse(null),
        injection(s, standing, written),
        Situation.place(s.spec()),
        s.dumpCount(),
        s.crashes()
            .map(c -> crashCount(s, c))
            .orElseGet(() -> sameRun.map(CrashMonitorSessionStatus::crashCount).orElse(0)),
        new Replicas(attached.total(), attached.attached()),
        ExitCodeGroups.line(groups),
        groups,
        s.crashes()
            .map(c -> ExitCodeGroups.recent(c.crashes()))
            .orElseGet(
                () -> sameRun.map(CrashMonitorSessionStatus::recentCrashes).orElse(List.of())),
        SessionConditions.of(s, standing, attached));
  }

  private static int crashCount(Situation s, CrashPicture picture) {
    int known = (int) picture.crashes().stream().filter(ExitCodeGroups::isEnd).count();
    return known + s.ledger().map(snapshot -> snapshot.onlyCounted().size()).orElse(0);
  }

  private static Injection injection(Situation s, Standing standing, Written written) {
    Instant now = s.now().truncatedTo(ChronoUnit.SECONDS);
    Optional<Injection> before = s.injection();
    List<Instant> heals = new ArrayList<>(SessionPlanner.recentHeals(before, s.now()));
    String wanted = s.container().map(s.capture()::in).orElse(null);
    return switch (written) {
      case Released -> null;
      case Injected -> new Injection(now, wanted, null, null, heals);
      case Healed -> {
        heals.add(now);
        yield new Injection(now, wanted, null, null, heals);
      }
      case Nothing -> unwritten(s, standing, before, now);
    };
  }

  private static Injection unwritten(
      Situation s, Standing standing, Optional<Injection> before, Instant now) {
    if (!s.injected()) {
      // What somebody wiped is still wanted; what was let go on purpose is forgotten, and what went
      // with its workload: another of that name was never injected.
      boolean letGo =
          standing.phase() == Phase.Disabled
              || standing.phase() == Phase.Failed
              || s.seen().workload().isEmpty();
      return letGo ? null : before.orElse(null);
    }
    Instant time = before.map(Injection::time).orElse(now);
    String wrote =
        s.complete()
            ? s.capture().in(s.container().orElseThrow())
            : before.map(Injection::wrote).orElse(null);
    List<Instant> heals = before.map(Injection::heals).orElse(List.of());
    return s.trouble()
        .map(
            t ->
                new Injection(
                    time, wrote, cut(t.words()), Breaker.since(before).orElse(now), heals))
        .orElseGet(() -> new Injection(time, wrote, null, null, heals));
  }

  private static String cut(String words) {
    return words.length() <= 512 ? words : words.substring(0, 511) + "…";
  }
}
