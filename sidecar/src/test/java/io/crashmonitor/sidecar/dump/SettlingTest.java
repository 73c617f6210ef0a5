package io.crashmonitor.sidecar.dump;

import static org.assertj.core.api.Assertions.assertThat;

import io.crashmonitor.agent.AttachPhase;
import io.crashmonitor.agent.WatchedProcess;
import io.crashmonitor.sidecar.dump.DumpFile.Origin;
import io.crashmonitor.sidecar.supervisor.HelperState;
import io.crashmonitor.sidecar.supervisor.ProcessInstance;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

class SettlingTest {
  private static final Instant T0 = Instant.parse("2026-11-22T08:00:00Z");
  private static final ProcessInstance PROCESS = ProcessInstance.of(5, T0);

  private final AtomicBoolean whole = new AtomicBoolean(true);
  private final Settling settling = new Settling(dump -> whole.get());

  @Test
  void takesAFinishedDumpAtOnce() {
    DumpFile dump = new DumpFile(Path.of("ready", "a"), PROCESS, Origin.HELPER_MOVED, 10, T0);
    assertThat(settling.settled(List.of(dump), watching(), T0)).containsExactly(dump);
  }

  @Test
  void takesADumpOfALostWriterAfterFiveSecondsOfSilence() {
    assertThat(taken(10, HelperState.NONE, 0)).isFalse();
    assertThat(taken(10, HelperState.NONE, 4)).isFalse();
    assertThat(taken(10, HelperState.NONE, 5)).isTrue();
  }

  @Test
  void countsTheSilenceFromTheLastWrite() {
    taken(10, HelperState.NONE, 0);
    taken(20, HelperState.NONE, 4);
    assertThat(taken(20, HelperState.NONE, 8)).isFalse();
    assertThat(taken(20, HelperState.NONE, 9)).isTrue();
  }

  @Test
  void leavesADumpToAHelperThatWatchesItsProcess() {
    for (int second = 0; second < 100; second += 5) {
      assertThat(taken(10, watching(), second)).isFalse();
    }
  }

  @Test
  void takesWhatAContainerBeforeThisOneLeft() {
    HelperState ofAnother = watching(new ProcessInstance(6, T0.getEpochSecond()));
    taken(10, ofAnother, 0);
    assertThat(taken(10, ofAnother, 5)).isTrue();
  }

  @Test
  void givesADumpThatIsNotWholeHalfAMinuteBeforeItCountsAsCutOff() {
    whole.set(false);
    taken(10, HelperState.NONE, 0);
    assertThat(taken(10, HelperState.NONE, 29)).isFalse();
    assertThat(taken(10, HelperState.NONE, 30)).isTrue();
  }

  @Test
  void givesTheRuntimeTwoMinutesToGoOn() {
    whole.set(false);
    DumpFile dump = new DumpFile(Path.of("incoming", "a"), PROCESS, Origin.RUNTIME, 10, T0);
    settling.settled(List.of(dump), HelperState.NONE, T0);
    assertThat(settling.settled(List.of(dump), HelperState.NONE, T0.plusSeconds(119))).isEmpty();
    assertThat(settling.settled(List.of(dump), HelperState.NONE, T0.plusSeconds(120)))
        .containsExactly(dump);
  }

  private boolean taken(long size, HelperState helper, int second) {
    DumpFile dump = new DumpFile(Path.of("incoming", "a"), PROCESS, Origin.HELPER_LEFT, size, T0);
    return !settling.settled(List.of(dump), helper, T0.plusSeconds(second)).isEmpty();
  }

  private static HelperState watching() {
    return watching(PROCESS);
  }

  private static HelperState watching(ProcessInstance process) {
    return new HelperState(
        true,
        AttachPhase.Attached,
        "",
        "",
        Optional.of(T0),
        List.of(
            new WatchedProcess(
                process.pid(), "app.exe", process.start().plusMillis(5), true, true, T0, 9)),
        List.of(),
        Optional.empty());
  }
}
