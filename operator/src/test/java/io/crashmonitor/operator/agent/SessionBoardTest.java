package io.crashmonitor.operator.agent;

import static org.assertj.core.api.Assertions.assertThat;

import io.crashmonitor.agent.SessionConfiguration;
import io.crashmonitor.api.CaptureEngine;
import io.crashmonitor.api.DumpSettings;
import io.crashmonitor.api.Run;
import io.crashmonitor.operator.storage.Samples;
import io.crashmonitor.operator.storage.StorageTarget;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class SessionBoardTest {
  private static final StorageTarget TARGET = Samples.target("shopdumps", "dumps", 1);
  private static final String UID = TARGET.session().uid();

  private final SessionBoard board = new SessionBoard();

  private static PublishedSession session(String run, boolean armed) {
    Instant now = Samples.NOON;
    return new PublishedSession(
        TARGET.session(),
        new StorageTarget(
            TARGET.session(),
            TARGET.storage(),
            TARGET.layout(),
            new Run(run, now, now.plusSeconds(60)),
            1),
        new SessionConfiguration(
            run, armed, "", null, "", DumpSettings.DEFAULT, CaptureEngine.ProcDump, true),
        "Deployment/checkout",
        "app",
        now,
        now.plusSeconds(60),
        List.of());
  }

  @Test
  void aPollThatKnowsAnotherConfigurationDoesNotWait() {
    board.publish(session("r1", true));

    assertThat(board.changeFrom(UID, "")).isDone();
    assertThat(board.changeFrom(UID, board.hash(UID))).isNotDone();
  }

  @Test
  void onlyAnotherConfigurationOrTheEndOfTheSessionWakesAPoll() {
    board.publish(session("r1", true));
    CompletableFuture<Void> poll = board.changeFrom(UID, board.hash(UID));

    board.publish(session("r1", true));
    assertThat(poll).isNotDone();
    board.publish(session("r1", false));
    assertThat(poll).isDone();

    CompletableFuture<Void> next = board.changeFrom(UID, board.hash(UID));
    board.withdraw(UID);
    assertThat(next).isDone();
    assertThat(board.find(UID)).isEmpty();
  }
}
