package io.crashmonitor.operator.agent;

import io.crashmonitor.agent.SessionConfiguration;
import io.crashmonitor.api.Run;
import io.crashmonitor.operator.storage.ResourceKey;
import io.crashmonitor.operator.storage.StorageTarget;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;

/**
 * What the agents of one session may know and get. Published while the session is injected, armed
 * or not: also after its stop time, so that dumps taken before it still come in.
 *
 * @param workload kind/name
 * @param container the app's container
 * @param windowStart crashes before it belong to no run or an earlier one
 * @param windowStop exclusive
 * @param earlier runs before that one, newest first, of which a dump may still come
 */
public record PublishedSession(
    ResourceKey session,
    StorageTarget storage,
    SessionConfiguration configuration,
    String workload,
    String container,
    Instant windowStart,
    Instant windowStop,
    List<Run> earlier) {
  /**
   * A crash that happened inside the window is stored though the offer comes after the stop time:
   * the dump took its minutes, or the operator was away. Not for ever, because when it happened is
   * the pod's word alone.
   */
  public static final Duration LATE = Duration.ofHours(24);

  public PublishedSession {
    earlier = List.copyOf(earlier);
  }

  /** This run and those before it, newest first. */
  List<PublishedSession> runs() {
    return Stream.concat(Stream.of(this), earlier.stream().map(this::during)).toList();
  }

  /** As it was in an earlier run: with a ledger of its own, under the present limits. */
  private PublishedSession during(Run run) {
    return new PublishedSession(
        session,
        new StorageTarget(session, storage.storage(), storage.layout(), run, storage.maxDumps()),
        configuration,
        workload,
        container,
        run.startTime(),
        run.stopTime(),
        List.of());
  }
}
