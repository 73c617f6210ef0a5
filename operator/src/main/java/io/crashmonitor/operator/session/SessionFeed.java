package io.crashmonitor.operator.session;

import io.crashmonitor.operator.agent.SessionBoard;
import io.crashmonitor.operator.console.EndedInstance;
import io.crashmonitor.operator.crash.CrashPicture;
import io.crashmonitor.operator.crash.DumplessReport;
import io.crashmonitor.operator.inject.InjectedPod;
import io.crashmonitor.operator.storage.CrashRecorder;
import io.crashmonitor.operator.storage.ResourceKey;
import io.crashmonitor.operator.storage.StorageTarget;
import java.time.Duration;
import java.util.function.BooleanSupplier;

/** Tells storage and agents what a turn found: where to look, what to do, what has crashed. */
final class SessionFeed {
  /** Many crashes must not mean many listings. */
  private static final Duration HURRIED_PACE = Duration.ofSeconds(10);

  private final Surroundings surroundings;
  private final SessionBoard board;

  SessionFeed(Surroundings surroundings, SessionBoard board) {
    this.surroundings = surroundings;
    this.board = board;
  }

  void feed(Situation s, Plan.Standing standing) {
    StorageTarget target = Publication.storage(s);
    surroundings.follow(target, Publication.active(s, standing));
    Publication.agents(s, standing).ifPresentOrElse(board::publish, () -> board.withdraw(s.uid()));
    s.crashes().ifPresent(crashes -> record(s, crashes, target));
  }

  /** The session is gone; see {@link Surroundings#forget}. */
  void forget(ResourceKey session, BooleanSupplier podsLeft) {
    board.withdraw(session.uid());
    surroundings.forget(session, podsLeft);
  }

  private static EndedInstance instance(String namespace, CrashPicture.Ending ending) {
    InjectedPod pod = ending.pod();
    return new EndedInstance(
        namespace, pod.name(), pod.uid(), pod.container(), ending.termination().startedAt());
  }

  private void record(Situation s, CrashPicture crashes, StorageTarget target) {
    CrashRecorder recorder = surroundings.crashes();
    String workload = s.spec().target().kind() + "/" + s.spec().target().name();
    String namespace = target.session().namespace();
    for (CrashPicture.Unrecorded u : crashes.unrecorded()) {
      recorder.recordWithoutDump(
          target,
          DumplessReport.of(
              u, s.uid(), namespace, workload, s.seen().cluster().osBuild(u.pod().node())));
    }
    for (CrashPicture.Join j : crashes.joins()) {
      recorder.joinTermination(
          target, j.crash(), j.exitCode(), j.exitCodeSource(), j.restartCount());
    }
    crashes
        .lost()
        .forEach(
            id -> recorder.markLost(target, id, "the pod is gone before its dump was in storage"));
    int lines = s.spec().logTail().lines();
    for (CrashPicture.Ending e : crashes.endings()) {
      surroundings.addLog(target, e.crash(), instance(namespace, e), lines);
    }
    boolean old =
        s.seen()
            .storage()
            .filter(snapshot -> snapshot.at().plus(HURRIED_PACE).isAfter(s.now()))
            .isEmpty();
    if (old && crashes.lookAgainAt().isPresent()) {
      surroundings.hurry(target.session());
    }
  }
}
