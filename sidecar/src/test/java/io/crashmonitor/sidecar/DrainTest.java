package io.crashmonitor.sidecar;

import static org.assertj.core.api.Assertions.assertThat;

import io.crashmonitor.sidecar.Drain.Verdict;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class DrainTest {
  private static final Instant T0 = Instant.parse("2026-11-22T08:00:00Z");
  private static final Duration LIMIT = Duration.ofSeconds(55);
  private static final Drain NONE = Drain.NONE;

  @Test
  void holdsTheHookWhileSomethingWaitsAndTheAgentLivesOn() {
    Drain drain = hook(hook(NONE, 0), 9);
    assertThat(drain.verdict(true, at(9), LIMIT)).isEqualTo(Verdict.GO_ON);
    assertThat(drain.verdict(false, at(9), LIMIT)).isEqualTo(Verdict.RELEASE);
    assertThat(nobody(drain, 10).verdict(true, at(10), LIMIT)).isEqualTo(Verdict.NOTHING);
  }

  @Test
  void holdsTheHookNoLongerThanUploadsMayTake() {
    Drain drain = hook(hook(NONE, 0), 54);
    assertThat(drain.verdict(true, at(54), LIMIT)).isEqualTo(Verdict.GO_ON);
    assertThat(drain.verdict(true, at(55), LIMIT)).isEqualTo(Verdict.RELEASE);
  }

  @Test
  void drainsOnceMoreWhenTheContainerIsAskedToEnd() {
    Drain drain = end(nobody(hook(NONE, 0), 1), 20);
    assertThat(drain.verdict(true, at(20), LIMIT)).isEqualTo(Verdict.GO_ON);
    assertThat(drain.verdict(false, at(20), LIMIT)).isEqualTo(Verdict.DONE);
  }

  @Test
  void hasTheTimeThatTheAppsEndLeftOfTheGracePeriod() {
    Drain drain = end(nobody(hook(NONE, 0), 1), 50);
    assertThat(drain.verdict(true, at(54), LIMIT)).isEqualTo(Verdict.GO_ON);
    assertThat(drain.verdict(true, at(55), LIMIT)).isEqualTo(Verdict.OVER);
    Drain late = end(nobody(hook(NONE, 0), 1), 62);
    assertThat(late.verdict(true, at(62), LIMIT)).isEqualTo(Verdict.OVER);
  }

  @Test
  void hasAllItsTimeWhereNoHookWasSeen() {
    Drain drain = end(end(NONE, 100), 154);
    assertThat(drain.verdict(true, at(154), LIMIT)).isEqualTo(Verdict.GO_ON);
    assertThat(drain.verdict(true, at(155), LIMIT)).isEqualTo(Verdict.OVER);
  }

  @Test
  void takesADrainOfLongAgoForNoPartOfThisEnd() {
    Drain exercise = nobody(hook(NONE, 0), 1);
    assertThat(exercise.isOfNow(at(80), LIMIT)).isTrue();
    assertThat(exercise.isOfNow(at(90), LIMIT)).isFalse();
    assertThat(end(exercise, 90).verdict(true, at(90), LIMIT)).isEqualTo(Verdict.GO_ON);
    assertThat(hook(exercise, 40).since()).contains(at(40));
  }

  @Test
  void isNothingWhileNobodyAsked() {
    assertThat(NONE.verdict(true, T0, LIMIT)).isEqualTo(Verdict.NOTHING);
    assertThat(nobody(NONE, 0)).isEqualTo(NONE);
  }

  private static Drain hook(Drain drain, int second) {
    return drain.seen(true, false, at(second), LIMIT);
  }

  private static Drain end(Drain drain, int second) {
    return drain.seen(false, true, at(second), LIMIT);
  }

  private static Drain nobody(Drain drain, int second) {
    return drain.seen(false, false, at(second), LIMIT);
  }

  private static Instant at(int second) {
    return T0.plusSeconds(second);
  }
}
