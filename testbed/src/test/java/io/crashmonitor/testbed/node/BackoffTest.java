package io.crashmonitor.testbed.node;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class BackoffTest {
  private static final Instant NOW = Instant.parse("2026-11-22T08:00:00Z");
  private static final Backoff NEW = Backoff.of(Duration.ofSeconds(10), Duration.ofSeconds(35));

  @Test
  void letsTheFirstRestartHappenAtOnce() {
    assertThat(NEW.notBefore(NOW)).isEqualTo(NOW);
  }

  @Test
  void doublesTheWaitUpToItsMaximum() {
    Backoff once = NEW.restarted(NOW, NOW);
    Backoff twice = once.restarted(NOW, NOW);
    Backoff often = twice.restarted(NOW, NOW).restarted(NOW, NOW);

    assertThat(once.notBefore(NOW)).isEqualTo(NOW.plusSeconds(10));
    assertThat(twice.notBefore(NOW)).isEqualTo(NOW.plusSeconds(20));
    assertThat(often.notBefore(NOW)).isEqualTo(NOW.plusSeconds(35));
  }

  @Test
  void forgetsAfterALongGoodRun() {
    Backoff failing = NEW.restarted(NOW, NOW).restarted(NOW, NOW);
    Instant later = NOW.plusSeconds(71);

    assertThat(failing.notBefore(later)).isEqualTo(later);
    assertThat(failing.restarted(later, later).notBefore(later)).isEqualTo(later.plusSeconds(10));
  }
}
