package io.crashmonitor.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import org.junit.jupiter.api.Test;

class CrashIdTest {
  private static final Instant START = Instant.parse("2026-11-22T08:00:00.250Z");

  @Test
  void twoDumpsOfOneProcessInstanceAreOneCrash() {
    // A dump knows the start of its process in whole seconds, the helper in 100 ns.
    assertThat(CrashId.of("uid", 42, START))
        .isEqualTo(CrashId.of("uid", 42, Instant.parse("2026-11-22T08:00:00Z")));
  }

  @Test
  void anotherPodProcessOrStartIsAnotherCrash() {
    CrashId id = CrashId.of("uid", 42, START);

    assertThat(id).isNotEqualTo(CrashId.of("other", 42, START));
    assertThat(id).isNotEqualTo(CrashId.of("uid", 43, START));
    assertThat(id).isNotEqualTo(CrashId.of("uid", 42, START.plusSeconds(1)));
  }

  @Test
  void aFirstChanceIsNotTheEndOfItsProcess() {
    CrashId id = CrashId.ofFirstChance("uid", 42, START);

    assertThat(id).isEqualTo(CrashId.ofFirstChance("uid", 42, START.minusMillis(200)));
    assertThat(id).isNotEqualTo(CrashId.of("uid", 42, START));
    assertThat(id).isNotEqualTo(CrashId.ofFirstChance("uid", 43, START));
  }

  @Test
  void anIdFromOutsideIsCheckedBeforeItIsUsed() {
    assertThatThrownBy(() -> new CrashId("../../etc")).isInstanceOf(IllegalArgumentException.class);
  }
}
