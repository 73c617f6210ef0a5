package io.crashmonitor.operator.console;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.crashmonitor.operator.console.ContainerLogs.Answer;
import io.crashmonitor.operator.storage.Samples;
import io.crashmonitor.operator.storage.StorageTarget;
import io.crashmonitor.report.CrashId;
import io.crashmonitor.report.PreviousLog;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntFunction;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class PreviousLogsTest {
  private static final StorageTarget TARGET = Samples.target("shopdumps", "dumps", 3);
  private static final EndedInstance INSTANCE =
      new EndedInstance("shop", "web-1", "uid-1", "app", Instant.EPOCH);

  private record Added(CrashId crash, PreviousLog log, Optional<JsonNode> exception) {}

  private final List<Added> added = new CopyOnWriteArrayList<>();
  private final AtomicInteger asked = new AtomicInteger();
  private final AtomicInteger refusals = new AtomicInteger();
  private PreviousLogs logs;

  @AfterEach
  void close() {
    logs.close();
  }

  /**
   * @param answers by number, from 1
   */
  private void answering(IntFunction<Answer> answers) {
    logs =
        new PreviousLogs(
            (instance, lines) -> answers.apply(asked.incrementAndGet()),
            (target, crash, log, exception) -> {
              if (refusals.getAndDecrement() > 0) {
                throw new IllegalStateException("storage is away");
              }
              added.add(new Added(crash, log, exception));
            },
            Duration.ofMillis(1));
  }

  private void add(int pid, int lines) {
    logs.add(TARGET, Samples.crash(pid), INSTANCE, lines);
  }

  @Test
  void eachCrashIsAskedForOnceHoweverOftenItIsSeen() {
    answering(n -> new Answer.Found("Unhandled exception. System.Exception: no\n   at A.B()\n"));

    for (int turn = 0; turn < 20; turn++) {
      add(1, 100);
    }
    add(2, 100);

    await().until(() -> added.size() == 2);
    assertThat(added).extracting(Added::crash).doesNotHaveDuplicates();
    assertThat(added.get(0).log().lines()).hasSize(2);
    assertThat(added.get(0).exception().orElseThrow().at("/0/message").asText()).isEqualTo("no");
    assertThat(asked).hasValue(2);
  }

  @Test
  void zeroLinesAskForNothing() {
    answering(n -> new Answer.Found("x"));

    add(1, 0);
    add(2, 1);

    await().until(() -> added.size() == 1);
    assertThat(added.get(0).crash()).isEqualTo(Samples.crash(2));
    assertThat(asked).hasValue(1);
  }

  @Test
  void whoeverAsksNeverWaits() {
    CountDownLatch kubelet = new CountDownLatch(1);
    answering(
        n -> {
          try {
            kubelet.await();
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
          return new Answer.Found("");
        });

    for (int pid = 0; pid < 50; pid++) {
      add(pid, 100);
    }

    assertThat(added).as("returned although no log has come").isEmpty();
    kubelet.countDown();
    await().until(() -> added.size() == 50);
  }

  @Test
  void aLogThatMayComeIsAskedForAgain() {
    answering(n -> n < 4 ? new Answer.NotYet("not restarted") : new Answer.Found("late"));

    add(1, 100);

    await().until(() -> added.size() == 1);
    assertThat(asked).hasValue(4);
  }

  @Test
  void aLogThatIsGoneIsNotAskedForAgain() {
    answering(n -> n == 1 ? new Answer.Gone("HTTP 404") : new Answer.Found("another's"));

    add(1, 100);
    await().until(() -> asked.get() == 1);
    add(1, 100);
    add(2, 100);

    await().until(() -> added.size() == 1);
    assertThat(added.get(0).crash()).isEqualTo(Samples.crash(2));
    assertThat(asked).hasValue(2);
  }

  @Test
  void aLogThatStorageDoesNotTakeIsTriedAgain() {
    answering(n -> new Answer.Found("x"));
    refusals.set(3);

    add(1, 100);

    await().until(() -> added.size() == 1);
  }

  @Test
  void whatFailedForLongIsTriedAtALaterTurn() {
    answering(n -> n <= 6 ? new Answer.NotYet("HTTP 500") : new Answer.Found("x"));

    add(1, 100);
    await()
        .untilAsserted(
            () -> {
              add(1, 100);
              assertThat(added).hasSize(1);
            });
  }
}
