package io.crashmonitor.sidecar.dump;

import static org.assertj.core.api.Assertions.assertThat;

import io.crashmonitor.agent.SessionConfiguration;
import io.crashmonitor.api.CaptureEngine;
import io.crashmonitor.api.DumpSettings;
import io.crashmonitor.sidecar.dump.DumpFile.Origin;
import io.crashmonitor.sidecar.supervisor.ProcessInstance;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class RuntimeDumpsTest {
  private static final Instant T0 = Instant.parse("2026-11-22T08:00:00Z");
  private static final Instant STOP = T0.plusSeconds(3600);

  @Test
  void wantsWhatIsWrittenWhileTheSessionDoes() {
    assertThat(unwanted(Origin.RUNTIME, T0, true, "", null)).isEmpty();
  }

  @Test
  void wantsWhatWasWrittenBeforeTheStopWheneverItIsFound() {
    assertThat(unwanted(Origin.RUNTIME, T0, false, "Stopped", T0.plusMillis(1))).isEmpty();
    assertThat(unwanted(Origin.RUNTIME, T0, false, "Stopped", T0)).contains("Stopped");
  }

  @Test
  void deletesWhatComesAfterTheStopTimeWithoutBeingTold() {
    assertThat(unwanted(Origin.RUNTIME, STOP.minusSeconds(1), true, "", null)).isEmpty();
    assertThat(unwanted(Origin.RUNTIME, STOP, true, "", null)).contains("StopTimeReached");
  }

  @Test
  void leavesADumpBeyondTheBudgetToTheOperator() {
    assertThat(unwanted(Origin.RUNTIME, T0, false, "BudgetUsed", T0.minusSeconds(9))).isEmpty();
  }

  @Test
  void believesNoNameThatIsAheadOfTheFilesLastWrite() {
    DumpFile ahead =
        new DumpFile(
            Path.of("a.exe_5_9.dmp"),
            ProcessInstance.of(5, STOP.plusSeconds(99)),
            Origin.RUNTIME,
            1,
            T0);
    assertThat(unwanted(ahead, true, "", Optional.empty(), Optional.empty())).isEmpty();
  }

  @Test
  void deletesWhatTheVolumeHasNoRoomFor() {
    assertThat(
            unwanted(
                dump(Origin.RUNTIME, T0), true, "", Optional.empty(), Optional.of("DumpsWaiting")))
        .contains("DumpsWaiting");
  }

  @Test
  void leavesTheHelpersDumpsAlone() {
    assertThat(unwanted(Origin.HELPER_LEFT, STOP, false, "Stopped", T0)).isEmpty();
    assertThat(unwanted(Origin.HELPER_MOVED, STOP, false, "Stopped", T0)).isEmpty();
  }

  private static Optional<String> unwanted(
      Origin origin, Instant written, boolean armed, String reason, Instant since) {
    return unwanted(
        dump(origin, written), armed, reason, Optional.ofNullable(since), Optional.empty());
  }

  private static Optional<String> unwanted(
      DumpFile dump,
      boolean armed,
      String reason,
      Optional<Instant> since,
      Optional<String> shortage) {
    SessionConfiguration configuration =
        new SessionConfiguration(
            "run-1",
            armed,
            reason,
            STOP,
            "",
            DumpSettings.DEFAULT,
            CaptureEngine.CreateDump,
            false);
    return RuntimeDumps.unwanted(
        dump, Optional.of(configuration), since, Optional.of(STOP), shortage);
  }

  private static DumpFile dump(Origin origin, Instant written) {
    return new DumpFile(
        Path.of("a.exe_5_1.dmp"),
        ProcessInstance.of(5, written),
        origin,
        1,
        written.plusSeconds(9));
  }
}
