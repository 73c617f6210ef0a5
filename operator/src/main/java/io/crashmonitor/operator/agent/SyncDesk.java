package io.crashmonitor.operator.agent;

import io.crashmonitor.agent.AgentState;
import io.crashmonitor.agent.ProcessExit;
import io.crashmonitor.agent.SyncRequest;
import io.crashmonitor.agent.SyncResponse;
import io.crashmonitor.agent.WatchedProcess;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;

/** Takes what agents say of themselves, and holds their polls until there is news for them. */
final class SyncDesk {
  private static final int PROCESSES = 16;
  private static final int EXITS = 32;
  private static final int WORD = 64;
  private static final int WORDS = 512;
  private static final int NAME = 260;

  private final SessionBoard board;
  private final AgentRegistry registry;
  private final PodConditions conditions;
  private final Clock clock;
  private final Duration longestPoll;
  private final Map<String, CompletableFuture<Void>> polls = new ConcurrentHashMap<>();

  SyncDesk(
      SessionBoard board,
      AgentRegistry registry,
      PodConditions conditions,
      Clock clock,
      Duration longestPoll) {
    this.board = board;
    this.registry = registry;
    this.conditions = conditions;
    this.clock = clock;
    this.longestPoll = longestPoll;
  }

  /** Writes down what the agent says; may wait for the API server. */
  void hear(AgentIdentity pod, SyncRequest request) {
    if (request.state() != null) {
      AgentState state = bounded(request.state());
      registry.saw(new AgentSighting(pod.podUid(), pod.sessionUid(), clock.instant(), state));
      conditions.report(pod, state);
    }
  }

  /**
   * Completes when the configuration is another than the agent's, and after the longest poll; also
   * when the same pod asks again, because it does not wait for the answer any more. Holds no thread
   * and completes on any.
   */
  CompletableFuture<Void> news(AgentIdentity pod, SyncRequest request) {
    String known = Optional.ofNullable(request.configurationHash()).orElse("");
    CompletableFuture<Void> change = board.changeFrom(pod.sessionUid(), known);
    if (change.isDone()) {
      return change;
    }
    CompletableFuture<Void> before = polls.put(pod.podUid(), change);
    if (before != null) {
      before.complete(null);
    }
    change.whenComplete((done, failure) -> polls.remove(pod.podUid(), change));
    // Not all at the same moment: agents that came back together do not stay together.
    long millis = longestPoll.toMillis();
    long spread = ThreadLocalRandom.current().nextLong(millis / 6 + 1);
    return change.completeOnTimeout(null, millis - spread, TimeUnit.MILLISECONDS);
  }

  /**
   * @throws Refusal 503 when the session is not published (any more)
   */
  SyncResponse answer(AgentIdentity pod) {
    PublishedSession session =
        board
            .find(pod.sessionUid())
            .orElseThrow(() -> Refusal.notNow("the session is not known here (yet)"));
    return new SyncResponse(
        clock.instant(),
        SessionBoard.hash(session.configuration()),
        session.configuration().inPod(pod.gracePeriodSeconds(), pod.engine()));
  }

  /** How many polls wait now. */
  int waiting() {
    return polls.size();
  }

  /** Answers all that wait: the server is about to stop. */
  void release() {
    List.copyOf(polls.values()).forEach(poll -> poll.complete(null));
  }

  /** What is kept of a pod's words is as long as it may be. */
  static AgentState bounded(AgentState s) {
    List<WatchedProcess> processes =
        s.processes().stream()
            .limit(PROCESSES)
            .map(
                p ->
                    new WatchedProcess(
                        p.pid(),
                        cut(p.name(), NAME),
                        p.startTime(),
                        p.entry(),
                        p.attached(),
                        p.attachedAt(),
                        p.procdumpPid(),
                        p.firstAttachedAt()))
            .toList();
    List<ProcessExit> exits =
        s.exits().stream()
            .skip(Math.max(0, s.exits().size() - EXITS))
            .map(
                e ->
                    new ProcessExit(
                        e.pid(),
                        cut(e.name(), NAME),
                        e.startTime(),
                        e.exitTime(),
                        cut(e.exitCode(), WORD),
                        e.attached(),
                        e.dumps()))
            .toList();
    return new AgentState(
        s.phase(),
        cut(s.reason(), WORD),
        cut(s.message(), WORDS),
        s.heartbeat(),
        processes,
        exits,
        s.dumpsWaiting(),
        s.diskFreeBytes(),
        cut(s.installationType(), WORD));
  }

  private static String cut(String text, int limit) {
    return text == null || text.length() <= limit ? text : text.substring(0, limit);
  }
}
