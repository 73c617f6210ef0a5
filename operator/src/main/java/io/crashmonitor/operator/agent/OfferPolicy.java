package io.crashmonitor.operator.agent;

import io.crashmonitor.agent.DumpDecision.Refused;
import io.crashmonitor.agent.DumpOffer;
import io.crashmonitor.api.CaptureEngine;
import io.crashmonitor.report.CrashId;
import io.crashmonitor.report.ExitCode;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;

/** What of an offer is believed, and whether its crash is inside the window. Pure. */
final class OfferPolicy {
  /** Clocks of nodes differ. */
  private static final Duration SKEW = Duration.ofMinutes(2);

  /** What the network's delays make of clocks that agree. */
  private static final Duration NO_OFFSET = Duration.ofSeconds(2);

  /** No more than this is believed of a pod's word about its node's clock. */
  private static final Duration LARGEST_OFFSET = Duration.ofHours(24);

  private static final int CLR_EXCEPTION = 0xE0434352;
  private static final long PID_LIMIT = 0xFFFF_FFFFL;
  private static final int PROCESS_LIMIT = 260;
  private static final int OS_LIMIT = 128;

  private OfferPolicy() {}

  /**
   * @throws Refusal 400 naming the field
   */
  static void check(DumpOffer offer, String podUid) {
    require(offer.pid() >= 0 && offer.pid() <= PID_LIMIT, "pid is not a process id");
    require(
        offer.process() != null && offer.process().length() <= PROCESS_LIMIT,
        "process is at most " + PROCESS_LIMIT + " characters");
    require(offer.processStart() != null, "processStart is missing");
    require(offer.crashTime() != null, "crashTime is missing");
    require(offer.kind() != null, "kind is missing");
    require(offer.size() >= 0, "size is negative");
    require(isCode(offer.exitCode()), "exitCode is not hexadecimal such as 0xC0000005");
    require(isCode(offer.exceptionCode()), "exceptionCode is not hexadecimal such as 0xC0000005");
    require(
        offer.osVersion() == null || offer.osVersion().length() <= OS_LIMIT,
        "osVersion is at most " + OS_LIMIT + " characters");
    require(
        CrashId.of(podUid, offer.pid(), offer.processStart()).value().equals(offer.crashId())
            || isFirstChance(offer, podUid),
        "crashId is not that of this pod's process");
  }

  /**
   * The run that a crash belongs to; empty when it was in none. The time of a crash is by the
   * node's clock, as far as the agent did not know the operator's, that of a run by the operator's:
   * the run that the agent had been told of when the dump appeared has it, if the clocks need not
   * differ more than clocks do. In doubt it is the newer one: nobody knows of a run before it
   * begins, while an agent may not have heard of it yet.
   *
   * @param crash when it happened, by the operator's clock as far as the agent knew it
   * @param runs newest first
   */
  static Optional<PublishedSession> run(
      DumpOffer offer, Instant crash, List<PublishedSession> runs, Instant now) {
    return runs.stream()
        .filter(run -> window(crash, run, now, doubt(offer, run)).isEmpty())
        .findFirst();
  }

  private static Duration doubt(DumpOffer offer, PublishedSession run) {
    return run.storage().run().id().equals(offer.runId()) ? SKEW : Duration.ZERO;
  }

  /**
   * Why the crash is outside the window; empty when it is inside.
   *
   * @param crash when it happened, by the operator's clock
   */
  static Optional<Refused> window(Instant crash, PublishedSession session, Instant now) {
    return window(crash, session, now, Duration.ZERO);
  }

  private static Optional<Refused> window(
      Instant crash, PublishedSession session, Instant now, Duration skew) {
    // Dumps and names know whole seconds.
    if (crash.isBefore(session.windowStart().truncatedTo(ChronoUnit.SECONDS).minus(skew))) {
      return closed("the crash was before the run began at " + session.windowStart());
    }
    if (!crash.isBefore(session.windowStop().plus(skew))) {
      return closed("the crash was after the run ended at " + session.windowStop());
    }
    if (now.isAfter(session.windowStop().plus(PublishedSession.LATE))) {
      return closed("the run ended more than a day ago, at " + session.windowStop());
    }
    return Optional.empty();
  }

  /**
   * When it happened by the node's clock, as it is told: the end of the container, which the
   * kubelet tells of, is by that clock too. Not in the node's future.
   */
  static Instant crashTime(DumpOffer offer, Instant now) {
    Instant nodeNow = now.minus(clockOffset(offer));
    return offer.crashTime().isAfter(nodeNow.plus(SKEW)) ? nodeNow : offer.crashTime();
  }

  /** When it happened by the operator's clock, which windows are of. Not in the future. */
  static Instant countedTime(DumpOffer offer, Instant now) {
    Instant crash = crashTime(offer, now).plus(clockOffset(offer));
    return crash.isAfter(now) ? now : crash;
  }

  /** The operator's clock minus the node's: the pod's word, within limits. */
  private static Duration clockOffset(DumpOffer offer) {
    if (offer.clockOffsetMillis() == null) {
      return Duration.ZERO;
    }
    long most = LARGEST_OFFSET.toMillis();
    Duration told = Duration.ofMillis(Math.max(-most, Math.min(most, offer.clockOffsetMillis())));
    return told.abs().compareTo(NO_OFFSET) < 0 ? Duration.ZERO : told;
  }

  /**
   * Without an exit code it is the exception's. A dump by the .NET runtime has neither: what the
   * runtime dumps is an unhandled exception of .NET, until the end of its container says another
   * code. Without any, 0.
   *
   * @param engine that the pod was injected for
   */
  static ExitCode exitCode(DumpOffer offer, CaptureEngine engine) {
    return Optional.ofNullable(offer.exitCode())
        .or(() -> Optional.ofNullable(offer.exceptionCode()))
        .flatMap(ExitCode::parse)
        .orElse(new ExitCode(engine == CaptureEngine.CreateDump ? CLR_EXCEPTION : 0));
  }

  private static boolean isFirstChance(DumpOffer offer, String podUid) {
    return CrashId.ofFirstChance(podUid, offer.pid(), offer.processStart())
        .value()
        .equals(offer.crashId());
  }

  private static boolean isCode(String text) {
    return text == null || text.length() <= 16 && ExitCode.parse(text).isPresent();
  }

  private static Optional<Refused> closed(String message) {
    return Optional.of(new Refused("WindowClosed", message));
  }

  private static void require(boolean holds, String message) {
    if (!holds) {
      throw Refusal.badRequest(message);
    }
  }
}
