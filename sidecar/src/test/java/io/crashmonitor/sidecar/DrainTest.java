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
  void goesOnUntilNothingWaits() {
    Drain drain = NONE.seen(true, T0).seen(true, T0.plusSeconds(9));
    assertThat(drain.verdict(true, T0.plusSeconds(9), LIMIT)).isEqualTo(Verdict.GO_ON);
    assertThat(drain.verdict(false, T0.plusSeconds(9), LIMIT)).isEqualTo(Verdict.DONE);
  }

  @Test
  void countsItsTimeFromTheFirstSight() {
    Drain drain = NONE.seen(true, T0).seen(true, T0.plusSeconds(54));
    assertThat(drain.verdict(true, T0.plusSeconds(54), LIMIT)).isEqualTo(Verdict.GO_ON);
    assertThat(drain.verdict(true, T0.plusSeconds(55), LIMIT)).isEqualTo(Verdict.OVER);
  }

  @Test
  void isNoneWhileNobodyAskedOrOnceTheRequestIsWithdrawn() {
    assertThat(NONE.verdict(false, T0, LIMIT)).isEqualTo(Verdict.NOT_DRAINING);
    assertThat(NONE.seen(true, T0).seen(false, T0).verdict(false, T0, LIMIT))
        .isEqualTo(Verdict.NOT_DRAINING);
  }
}
