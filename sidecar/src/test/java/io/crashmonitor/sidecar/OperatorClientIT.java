package io.crashmonitor.sidecar;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.crashmonitor.agent.AgentState;
import io.crashmonitor.agent.DumpAbandon;
import io.crashmonitor.agent.SessionConfiguration;
import io.crashmonitor.agent.SyncRequest;
import io.crashmonitor.agent.SyncResponse;
import io.crashmonitor.api.CaptureEngine;
import io.crashmonitor.api.DumpSettings;
import io.crashmonitor.report.CrashId;
import io.crashmonitor.sidecar.operator.OperatorClient;
import io.crashmonitor.sidecar.operator.Reply;
import io.crashmonitor.sidecar.operator.Reply.Answer;
import io.crashmonitor.sidecar.operator.Reply.Later;
import io.crashmonitor.sidecar.operator.SyncLoop;
import io.crashmonitor.sidecar.supervisor.HelperState;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whom the agent trusts, what it makes of answers, and how often it asks. */
class OperatorClientIT {
  private static final CrashId CRASH = new CrashId("0".repeat(32));
  private static final SessionConfiguration ARMED =
      new SessionConfiguration(
          "run-1", true, "", null, "", DumpSettings.DEFAULT, CaptureEngine.ProcDump, true);

  @TempDir Path identity;
  private final ExecutorService executor = Executors.newCachedThreadPool();
  private FakeOperator operator;
  private OperatorClient client;

  @BeforeEach
  void prepare() {
    operator = new FakeOperator(ARMED);
    operator.writeIdentity(identity);
    client = client(OperatorClient.Limits.USUAL);
  }

  @AfterEach
  void close() {
    operator.close();
    executor.shutdownNow();
  }

  @Test
  void trustsNobodyButTheCaOfItsIdentity() throws Exception {
    // given
    try (FakeOperator another = new FakeOperator(ARMED)) {
      another.writeIdentity(identity);
      // when
      Later<Void> reply = refused();
      // then
      assertThat(reply.why()).contains("SSLHandshakeException");
      assertThat(operator.statuses).isEmpty();
    }
  }

  @Test
  void takesUpANewCaWithoutARestart() throws Exception {
    // given
    try (FakeOperator another = new FakeOperator(ARMED)) {
      another.writeIdentity(identity);
      assertThat(abandon()).isInstanceOf(Later.class);
    }
    // when
    operator.writeIdentity(identity);
    // then
    assertThat(abandon()).isInstanceOf(Answer.class);
  }

  @Test
  void saysWhatIsMissingOfItsIdentity() throws Exception {
    Files.delete(identity.resolve("ca.crt"));
    assertThat(refused().why()).contains("ca.crt is not there (yet)");
    operator.writeIdentity(identity);
    Files.writeString(identity.resolve("token"), " \n");
    assertThat(refused().why()).contains("token holds no token");
  }

  @Test
  void tellsStatusesInWordsAndHeedsTheWaitAskedFor() throws Exception {
    operator.status = path -> 503;
    operator.retryAfter = "7";
    assertThat(refused().why()).contains("not ready for this pod yet (503)");
    assertThat(refused().after()).contains(Duration.ofSeconds(7));
    operator.status = path -> 403;
    assertThat(refused().why()).contains("(403)");
  }

  @Test
  void doesNotWaitForeverForTheRestOfAnAnswer() throws Exception {
    Duration second = Duration.ofSeconds(1);
    client = client(new OperatorClient.Limits(second, second, second));
    operator.stalling = true;
    assertThat(refused().why()).contains("not within 1 s");
  }

  @Test
  void asksOnceASecondAtMostWhateverTheOperatorAnswers() {
    // given an operator that always has another configuration
    operator.restless = true;
    SyncLoop loop =
        new SyncLoop(
            client,
            new Deaf(),
            () -> new AgentState(null, "", "", null, null, null, 0, 0),
            "test",
            Clock.systemUTC(),
            BackOff.USUAL,
            new Random(1));
    Instant begun = Instant.now();
    executor.execute(loop);
    // when
    await().atMost(Duration.ofSeconds(20)).until(() -> operator.syncs.size() >= 4);
    loop.stop();
    // then
    assertThat(Duration.between(begun, Instant.now())).isGreaterThan(Duration.ofMillis(2900));
  }

  @Test
  void tellsAChangeAtOnceAlthoughAPollIsUnderWay() {
    // given
    SyncLoop loop =
        new SyncLoop(
            client,
            new Deaf(operator.hash()),
            () -> AgentStates.of(HelperState.NONE, Optional.empty(), 0, 0),
            "test",
            Clock.systemUTC(),
            BackOff.USUAL,
            new Random(1));
    executor.execute(loop);
    await().atMost(Duration.ofSeconds(20)).until(() -> operator.syncs.size() == 1);
    // when
    loop.stateChanged();
    // then
    await().atMost(Duration.ofSeconds(5)).until(() -> operator.syncs.size() == 2);
    loop.stop();
  }

  @Test
  void comesBackFromAPollThatIsCancelledAsFromNoFailure() {
    SyncRequest request =
        new SyncRequest(
            "test", operator.hash(), AgentStates.of(HelperState.NONE, Optional.empty(), 0, 0));
    for (int i = 1; i <= 20; i++) {
      int polls = i;
      assertThatThrownBy(() -> client.sync(request, poll -> cancelOnce(poll, polls)))
          .isInstanceOf(CancellationException.class);
    }
  }

  private void cancelOnce(CompletableFuture<?> poll, int polls) {
    executor.execute(
        () -> {
          await().atMost(Duration.ofSeconds(20)).until(() -> operator.syncs.size() == polls);
          poll.cancel(true);
        });
  }

  private OperatorClient client(OperatorClient.Limits limits) {
    return new OperatorClient(operator.url(), identity, executor, limits);
  }

  private Reply<Void> abandon() throws InterruptedException {
    return client.abandon(CRASH, new DumpAbandon("Lost", ""));
  }

  private Later<Void> refused() throws InterruptedException {
    return (Later<Void>) abandon();
  }

  private record Deaf(String configurationHash) implements SyncLoop.Exchange {
    Deaf() {
      this("");
    }

    @Override
    public void accept(SyncResponse response, Instant received) {
      // hears nothing, learns nothing
    }
  }
}
