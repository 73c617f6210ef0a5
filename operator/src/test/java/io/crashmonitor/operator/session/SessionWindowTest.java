package io.crashmonitor.operator.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.crashmonitor.api.Run;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class SessionWindowTest {
  private static final Instant CREATED = Scene.CREATED;

  @Test
  void withoutTimesItIsFifteenDaysFromTheCreation() {
    SessionWindow window = window("", Optional.empty());
    assertThat(window).isEqualTo(new SessionWindow(CREATED, CREATED.plus(Duration.ofDays(15))));
  }

  @Test
  void aRunThatIsRequestedLaterBeginsLater() {
    Instant asked = CREATED.plusSeconds(500);
    assertThat(window("duration: 1h", Optional.of(asked)))
        .isEqualTo(new SessionWindow(asked, asked.plus(Duration.ofHours(1))));
  }

  @Test
  void aRunThatIsRequestedBeforeTheStartWaitsForIt() {
    SessionWindow window =
        window("startTime: \"2026-11-23T08:00:00Z\"", Optional.of(CREATED.plusSeconds(5)));
    assertThat(window.start()).isEqualTo(CREATED.plus(Duration.ofDays(1)));
  }

  @Test
  void theEndBelongsToItNoMore() {
    SessionWindow window = window("duration: 1h", Optional.empty());
    assertThat(window.isAhead(CREATED)).isFalse();
    assertThat(window.isOver(CREATED.plusSeconds(3599))).isFalse();
    assertThat(window.isOver(CREATED.plusSeconds(3600))).isTrue();
  }

  @Test
  void ninetyThreeDaysAreTheLongest() {
    assertThat(window("duration: 2232h", Optional.empty()).problem()).isEmpty();
    assertThat(window("stopTime: \"2027-02-23T08:00:01Z\"", Optional.empty()).problem())
        .isPresent();
  }

  @Test
  void onlyARequestMakesAnotherRun() {
    Run first = window("", Optional.empty()).run("uid", Optional.empty());
    Run respecced = window("duration: 1h", Optional.empty()).run("uid", Optional.empty());
    Run requested = window("", Optional.of(CREATED)).run("uid", Optional.of(CREATED));

    assertThat(respecced.id()).isEqualTo(first.id()).matches("[0-9a-f]{12}");
    assertThat(requested.id()).isNotEqualTo(first.id());
    assertThat(window("", Optional.empty()).run("other", Optional.empty()).id())
        .isNotEqualTo(first.id());
  }

  private static SessionWindow window(String more, Optional<Instant> runSince) {
    return SessionWindow.of(Scene.of(more).situation().spec(), CREATED, runSince);
  }
}
