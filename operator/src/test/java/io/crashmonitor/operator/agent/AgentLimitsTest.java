package io.crashmonitor.operator.agent;

import static org.assertj.core.api.Assertions.assertThat;

import io.crashmonitor.agent.AgentState;
import io.crashmonitor.agent.AttachPhase;
import io.crashmonitor.agent.ProcessExit;
import io.crashmonitor.agent.WatchedProcess;
import io.crashmonitor.operator.MovableClock;
import io.crashmonitor.operator.storage.Samples;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What of a pod's words and wishes is taken. */
class AgentLimitsTest {
  private static AgentState state(String reason, boolean attached) {
    return new AgentState(
        AttachPhase.Failed,
        reason,
        "m".repeat(10_000),
        Samples.NOON,
        Collections.nCopies(
            100, new WatchedProcess(1, "p".repeat(1000), null, true, attached, null, 2)),
        IntStream.range(0, 100)
            .mapToObj(i -> new ProcessExit(i, "app", null, null, "0x1", true, 1))
            .toList(),
        0,
        0);
  }

  @Test
  void whatIsKeptOfAStateIsBounded() {
    AgentState bounded = SyncDesk.bounded(state("r".repeat(1000), true));

    assertThat(bounded.reason()).hasSize(64);
    assertThat(bounded.message()).hasSize(512);
    assertThat(bounded.processes())
        .hasSize(AgentState.MOST_PROCESSES)
        .allMatch(p -> p.name().length() == 260);
    assertThat(bounded.exits())
        .extracting(ProcessExit::pid)
        .isEqualTo(IntStream.range(68, 100).mapToObj(Long::valueOf).toList());
  }

  @ParameterizedTest
  @CsvSource({
    "DiskLow,         false, False, DiskLow",
    "DiskLow,         true,  True,  Attached",
    "'',              false, False, Failed",
    "two words,       false, False, Failed",
    "<script>,        false, False, Failed",
  })
  void aReasonOfAPodIsOneOnlyIfItLooksLikeOne(
      String said, boolean attached, String status, String reason) {
    AttachedCondition condition = AttachedCondition.of(state(said, attached));

    assertThat(condition.status()).isEqualTo(status);
    assertThat(condition.reason()).isEqualTo(reason);
  }

  @Test
  void aPodGetsABurstAndThenOneRequestPerInterval() {
    MovableClock clock = new MovableClock(Samples.NOON);
    RequestLimits limits = new RequestLimits(3, Duration.ofSeconds(10), clock);

    assertThat(List.of(1, 2, 3)).allMatch(i -> limits.allows("pod"));
    assertThat(limits.allows("pod")).isFalse();
    assertThat(limits.allows("another")).isTrue();

    clock.advance(Duration.ofSeconds(9));
    assertThat(limits.allows("pod")).isFalse();
    clock.advance(Duration.ofSeconds(1));
    assertThat(limits.allows("pod")).isTrue();
    assertThat(limits.allows("pod")).isFalse();
    clock.advance(Duration.ofDays(1));
    assertThat(List.of(1, 2, 3)).allMatch(i -> limits.allows("pod"));
    assertThat(limits.allows("pod")).as("unused time adds up to one burst only").isFalse();
  }
}
