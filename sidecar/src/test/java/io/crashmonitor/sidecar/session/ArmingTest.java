package io.crashmonitor.sidecar.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.crashmonitor.agent.AttachPhase;
import io.crashmonitor.agent.SessionConfiguration;
import io.crashmonitor.api.CaptureEngine;
import io.crashmonitor.api.DumpSettings;
import io.crashmonitor.sidecar.supervisor.HelperState;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

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
    assertThat(Arming.decide(Optional.empty(), STOP, Room.unseen(15)))
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

  @Test
  void hasNoRoomWhileTooManyDumpsWait() {
    assertThat(waiting(99).shortage()).isEmpty();
    assertThat(waiting(100).shortage()).contains("DumpsWaiting");
    assertThat(waiting(100).seen(1, 1, 90, 0).shortage()).contains("DumpsWaiting");
    assertThat(waiting(100).seen(1, 1, 89, 0).shortage()).isEmpty();
    assertThat(Room.unseen(15).seen(1, 100, 100, 0).shortage()).contains("DiskLow");
  }

  private static Room waiting(int dumps) {
    return Room.unseen(0).seen(1, 1, dumps, 0);
  }

  @ParameterizedTest
  @CsvSource({
    // places left, dumps waiting, those with a place, armed
    "1, 0, 0, true",
    "1, 1, 0, false",
    "1, 1, 1, true",
    "0, 1, 1, false",
    "3, 2, 0, true",
    "3, 4, 1, false",
    // An operator that does not count, or has not yet.
    ", 50, 0, true"
  })
  void doesNotStopTheApplicationForADumpThatWouldBeThrownAway(
      Integer placesLeft, int waiting, int placed, boolean armed) {
    SessionConfiguration uncounted = configuration(true, "", CaptureEngine.ProcDump);
    SessionConfiguration configuration =
        placesLeft == null ? uncounted : uncounted.withPlacesLeft(placesLeft);
    Arming arming =
        Arming.decide(
            Optional.of(configuration),
            STOP.minusSeconds(1),
            Room.unseen(0).seen(1, 1, waiting, placed));
    assertThat(arming).isEqualTo(armed ? new Arming(true, "") : new Arming(false, "BudgetUsed"));
  }

  @Test
  void saysThatTheRuntimeWritesWhatNobodyIsAttachedFor() {
    assertThat(RuntimeEngine.state(new Arming(true, "")).phase())
        .isEqualTo(AttachPhase.RuntimeWritesDumps);
    assertThat(RuntimeEngine.state(new Arming(false, "Stopped")))
        .returns(AttachPhase.Disarmed, HelperState::phase)
        .returns("Stopped", HelperState::reason);
  }

  @ParameterizedTest
  @CsvSource({"30, 25", ", 25", "60, 55", "6, 4", "1, 0", "0, 0", "-5, 0", "99999, 3595"})
  void keepsAMarginOfTheGracePeriod(Integer grace, int seconds) {
    SessionConfiguration configuration = configuration(true, "", CaptureEngine.ProcDump);
    assertThat(
            GracePeriod.forUploads(
                Optional.of(grace == null ? configuration : configuration.inPod(grace))))
        .hasSeconds(seconds);
  }

  @Test
  void aRuntimeThatWritesItsOwnDumpsCannotBeCalledOff() {
    SessionConfiguration full = configuration(true, "", CaptureEngine.CreateDump).withPlacesLeft(0);
    assertThat(
            Arming.decide(Optional.of(full), STOP.minusSeconds(1), Room.unseen(0).seen(1, 1, 1, 0)))
        .isEqualTo(new Arming(true, ""));
  }

  private static SessionConfiguration configuration(
      boolean armed, String reason, CaptureEngine engine) {
    return new SessionConfiguration(
        "run-1", armed, reason, STOP, "", DumpSettings.DEFAULT, engine, true);
  }

  private static Arming decide(
      boolean armed, String reason, CaptureEngine engine, Instant now, boolean diskLow) {
    SessionConfiguration configuration = configuration(armed, reason, engine);
    Room room = Room.unseen(15).seen(diskLow ? 1 : 99, 100, 0, 0);
    return Arming.decide(Optional.of(configuration), now, room)
        .forHelper(Optional.of(configuration));
  }
}
