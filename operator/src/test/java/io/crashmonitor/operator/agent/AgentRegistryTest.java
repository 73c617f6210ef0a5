package io.crashmonitor.operator.agent;

import static org.assertj.core.api.Assertions.assertThat;

import io.crashmonitor.agent.AgentState;
import io.crashmonitor.agent.AttachPhase;
import io.crashmonitor.operator.MovableClock;
import io.crashmonitor.operator.storage.Samples;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class AgentRegistryTest {
  private final MovableClock clock = new MovableClock(Samples.NOON);
  private final AgentRegistry registry = new AgentRegistry(clock);

  private void says(AttachPhase phase, long diskFree) {
    registry.saw(
        new AgentSighting(
            "pod",
            "session",
            clock.instant(),
            new AgentState(phase, "", "", clock.instant(), List.of(), List.of(), 0, diskFree)));
  }

  @Test
  void listenersHearWhatIsNewAndNotEachHeartbeat() {
    List<AttachPhase> heard = new ArrayList<>();
    registry.onChange(sighting -> heard.add(sighting.state().phase()));

    says(AttachPhase.WaitingForProcess, 10);
    clock.advance(Duration.ofSeconds(30));
    says(AttachPhase.WaitingForProcess, 9);
    says(AttachPhase.Attached, 9);

    assertThat(heard).containsExactly(AttachPhase.WaitingForProcess, AttachPhase.Attached);
    assertThat(registry.of("pod").orElseThrow().at()).isEqualTo(clock.instant());
  }

  @Test
  void aFailingListenerHurtsNobody() {
    List<AttachPhase> heard = new ArrayList<>();
    registry.onChange(
        sighting -> {
          throw new IllegalStateException("on purpose");
        });
    registry.onChange(sighting -> heard.add(sighting.state().phase()));

    says(AttachPhase.Attached, 1);

    assertThat(heard).hasSize(1);
  }

  @Test
  void anAgentIsForgottenAfterAnHourOfSilence() {
    says(AttachPhase.Attached, 1);
    clock.advance(Duration.ofMinutes(60));
    assertThat(registry.of("pod")).isPresent();

    clock.advance(Duration.ofSeconds(1));

    assertThat(registry.of("pod")).isEmpty();
    assertThat(registry.startedAt()).isEqualTo(Samples.NOON);
  }
}
