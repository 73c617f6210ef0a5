package io.crashmonitor.sidecar.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.crashmonitor.agent.SessionConfiguration;
import io.crashmonitor.api.CaptureEngine;
import io.crashmonitor.api.DumpSettings;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ArmingTest {
  private static final Instant STOP = Instant.parse("2026-12-07T08:00:00Z");

  @Test
  void armsWhileTheSessionWantsItAndTheStopTimeIsAhead() {
    assertThat(decide(true, "", CaptureEngine.ProcDump, STOP.minusMillis(1), false))
        .isEqualTo(new Arming(true, ""));
  }

  @Test
  void disarmsAtTheStopTimeWithoutBeingTold() {
    assertThat(decide(true, "", CaptureEngine.ProcDump, STOP, false))
        .isEqualTo(new Arming(false, "StopTimeReached"));
  }

  @Test
  void disarmsForTheReasonTheOperatorGives() {
    assertThat(decide(false, "BudgetUsed", CaptureEngine.ProcDump, STOP, true))
        .isEqualTo(new Arming(false, "BudgetUsed"));
    assertThat(decide(false, null, CaptureEngine.ProcDump, STOP, false).reason())
        .isEqualTo("Unknown");
  }

  @Test
  void disarmsWhenTheDiskIsLow() {
    assertThat(decide(true, "", CaptureEngine.ProcDump, STOP.minusMillis(1), true))
        .isEqualTo(new Arming(false, "DiskLow"));
  }

  @Test
  void leavesTheProcessAloneWhenItWritesItsOwnDumps() {
    assertThat(decide(true, "", CaptureEngine.CreateDump, STOP.minusMillis(1), false))
        .isEqualTo(new Arming(false, "CreateDump"));
  }

  @Test
  void waitsForTheOperatorsFirstWord() {
    assertThat(Arming.decide(Optional.empty(), STOP, false))
        .isEqualTo(new Arming(false, "Unknown"));
  }

  @Test
  void seesALowDiskUntilItIsWellAgain() {
    DiskGuard guard = new DiskGuard(15, false);
    assertThat(guard.seen(150, 1000).low()).isFalse();
    assertThat(guard.seen(149, 1000).low()).isTrue();
    assertThat(guard.seen(149, 1000).seen(160, 1000).low()).isTrue();
    assertThat(guard.seen(149, 1000).seen(170, 1000).low()).isFalse();
    assertThat(guard.seen(0, 0).low()).isFalse();
  }

  private static Arming decide(
      boolean armed, String reason, CaptureEngine engine, Instant now, boolean diskLow) {
    SessionConfiguration configuration =
        new SessionConfiguration(
            "run-1", armed, reason, STOP, "", DumpSettings.DEFAULT, engine, true);
    return Arming.decide(Optional.of(configuration), now, diskLow);
  }
}
