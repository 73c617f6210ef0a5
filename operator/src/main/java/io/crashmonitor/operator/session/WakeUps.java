package io.crashmonitor.operator.session;

import io.crashmonitor.api.Injection;
import io.crashmonitor.api.Phase;
import io.crashmonitor.api.Reasons;
import io.crashmonitor.operator.crash.CrashPicture;
import io.crashmonitor.operator.inject.InjectedPod;
import io.crashmonitor.operator.session.Plan.Standing;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** When time alone changes what is true: the next look at the latest. Pure. */
final class WakeUps {
  /** For what has no event, such as a field that another manager gave up. */
  private static final Duration SELDOM = Duration.ofMinutes(5);

  /** For a session that waits for another, whose changes wake only itself. */
  private static final Duration OFTEN = Duration.ofSeconds(15);

  private static final Duration SOONEST = Duration.ofMillis(500);

  private WakeUps() {}

  static Duration next(Situation s, Standing standing) {
    Instant now = s.now();
    Stream<Instant> ends =
        Stream.of(s.run().startTime(), s.run().stopTime())
            .filter(at -> standing.phase() != Phase.Disabled);
    Stream<Instant> crashes = s.crashes().flatMap(CrashPicture::lookAgainAt).stream();
    Stream<Instant> breaker =
        s.trouble().isEmpty()
            ? Stream.empty()
            : Stream.of(
                s.injection()
                    .map(Injection::troubleSince)
                    .orElse(now)
                    .plus(s.seen().settings().breakerPatience()));
    Stream<Instant> definition =
        s.seen().cluster().served().missing().isEmpty()
            ? Stream.empty()
            : Stream.of(now.plus(ServedFields.LOOK_AGAIN));
    return Stream.of(
            ends, crashes, breaker, definition, attachment(s, standing), waiting(s, standing))
        .flatMap(at -> at)
        .filter(at -> at.isAfter(now))
        .min(Instant::compareTo)
        .map(at -> Duration.between(now, at))
        .filter(wait -> wait.compareTo(Duration.ofHours(1)) < 0)
        .map(wait -> wait.compareTo(SOONEST) < 0 ? SOONEST : wait)
        .orElse(Duration.ofHours(1));
  }

  private static Stream<Instant> attachment(Situation s, Standing standing) {
    List<InjectedPod> pods = s.livingPods();
    Stream<Instant> silence =
        pods.stream().flatMap(pod -> AgentReach.deadline(pod, s.seen()).stream());
    Optional<Instant> nothing =
        standing.phase() == Phase.Monitoring
            ? SessionConditions.nothingAttachedAt(s, AttachedFacts.of(s, standing))
            : Optional.empty();
    return Stream.concat(silence, nothing.stream());
  }

  private static Stream<Instant> waiting(Situation s, Standing standing) {
    boolean waits =
        switch (standing.phase()) {
          case Blocked, Pending, Failed -> true;
          case Disabled, Completed, Scheduled, Starting, Monitoring -> false;
        };
    boolean rival = standing.reason().equals(Reasons.OLDER_SESSION);
    Stream<Instant> storage =
        StorageFaults.since(s).map(at -> at.plus(SessionPlanner.STORAGE_PATIENCE)).stream();
    Stream<Instant> ownWrite =
        s.injection().map(Injection::time).map(at -> at.plus(SessionPlanner.CACHE_LAG)).stream();
    return Stream.concat(
        ownWrite,
        Stream.concat(
            waits ? Stream.of(s.now().plus(rival ? OFTEN : SELDOM)) : Stream.empty(), storage));
  }
}
