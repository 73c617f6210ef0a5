package io.crashmonitor.sidecar;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class BackOffTest {
  @Test
  void doublesUpToTheLimitAndSpreadsOverTheUpperHalf() {
    Random random = new Random(7);
    for (int failures = 1; failures <= 70; failures++) {
      long ceiling = failures > 6 ? 60_000 : 1000L << (failures - 1);
      long delay = BackOff.USUAL.delay(failures, random).toMillis();
      assertThat(delay).isBetween(ceiling / 2, ceiling);
    }
  }

  @Test
  void givesDifferentAgentsDifferentWaits() {
    assertThat(
            IntStream.range(0, 20)
                .mapToObj(seed -> BackOff.USUAL.delay(7, new Random(seed)))
                .distinct())
        .hasSizeGreaterThan(15)
        .allMatch(wait -> wait.compareTo(Duration.ofSeconds(30)) >= 0);
  }

  @Test
  void anHourAwayIsNoBusyLoopAndIsNoticedWithinAMinuteOfItsEnd() {
    Random random = new Random(7);
    Duration passed = Duration.ZERO;
    int tries = 0;
    while (passed.compareTo(Duration.ofHours(1)) < 0) {
      passed = passed.plus(BackOff.USUAL.delay(++tries, random));
    }

    assertThat(tries).isBetween(60, 130);
    assertThat(passed).isLessThanOrEqualTo(Duration.ofHours(1).plusSeconds(60));
  }
}
