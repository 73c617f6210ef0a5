package io.crashmonitor.sidecar.supervisor;

import static org.assertj.core.api.Assertions.assertThat;

import io.crashmonitor.agent.AttachPhase;
import io.crashmonitor.agent.WatchedProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AttachStateReaderTest {
  private static final Instant NOW = Instant.parse("2026-11-22T08:00:00Z");
  private static final String PROCESS =
      """
      {"pid":%d,"name":"app.exe","startTime":"2026-11-22T07:00:00.123Z","entry":true,
       "attached":true,"attachedAt":"2026-11-22T07:10:00.000Z",
       "firstAttachedAt":"2026-11-22T07:00:01.000Z","procdumpPid":2}\
      """;
  private static final String EXIT =
      """
      {"pid":%d,"name":"app.exe","startTime":"2026-11-22T07:00:00.123Z",
       "exitTime":"2026-11-22T07:59:00.000Z","exitCode":"0xC0000005","attached":true,"dumps":2}\
      """;

  @TempDir Path folder;
  private final SettableClock clock = new SettableClock();
  private Path file;
  private AttachStateReader reader;

  @BeforeEach
  void prepare() {
    file = folder.resolve("attach.json");
    reader = new AttachStateReader(file, clock);
  }

  @Test
  void readsWhatTheHelperSays() throws IOException {
    write(NOW, "Attached", PROCESS.formatted(5), EXIT.formatted(4));
    HelperState state = reader.read();
    assertThat(state.alive()).isTrue();
    assertThat(state.phase()).isEqualTo(AttachPhase.Attached);
    assertThat(state.processes()).extracting(WatchedProcess::pid).containsExactly(5L);
    assertThat(state.processes())
        .extracting(WatchedProcess::firstAttachedAt)
        .containsExactly(Instant.parse("2026-11-22T07:00:01Z"));
    assertThat(state.living(new ProcessInstance(5, 1795330800))).isTrue();
    assertThat(state.exit(new ProcessInstance(4, 1795330800)).orElseThrow().exitCode())
        .isEqualTo("0xC0000005");
  }

  @Test
  void countsAHelperWithoutHeartbeatForTenSecondsAsGone() throws IOException {
    write(NOW, "Attached", PROCESS.formatted(5), "");
    clock.now = NOW.plusSeconds(10);
    assertThat(reader.read().alive()).isTrue();
    clock.now = NOW.plusMillis(10_001);
    HelperState state = reader.read();
    assertThat(state.alive()).isFalse();
    assertThat(state.phase()).isEqualTo(AttachPhase.Unknown);
    assertThat(state.processes()).isEmpty();
    assertThat(state.message()).contains("2026-11-22T08:00:00Z");
  }

  @Test
  void staysWithTheLastGoodWordWhileTheFileIsHalfThereOrMissing() throws IOException {
    write(NOW, "Attached", PROCESS.formatted(5), "");
    reader.read();
    Files.writeString(file, "{\"version\":1,\"heartbeat\":\"2026-");
    assertThat(reader.read().phase()).isEqualTo(AttachPhase.Attached);
    Files.delete(file);
    assertThat(reader.read().phase()).isEqualTo(AttachPhase.Attached);
  }

  @Test
  void remembersExitsWhenTheContainerAndItsHelperStartAnew() throws IOException {
    write(NOW, "WaitingForProcess", "", EXIT.formatted(4));
    reader.read();
    write(NOW, "Attached", PROCESS.formatted(5), "");
    assertThat(reader.read().exit(new ProcessInstance(4, 1795330800))).isPresent();
  }

  @Test
  void toleratesAPhaseOfANewerHelper() throws IOException {
    write(NOW, "Contemplating", "", "");
    assertThat(reader.read().phase()).isEqualTo(AttachPhase.Unknown);
    assertThat(reader.read().alive()).isTrue();
  }

  @Test
  void refusesALinkAndAFileThatIsTooLong() throws IOException {
    write(NOW, "Attached", "", "");
    Path real = Files.move(file, folder.resolve("real"));
    Files.createSymbolicLink(file, real);
    assertThat(reader.read()).isEqualTo(HelperState.NONE);
    Files.delete(file);
    write(NOW, "Attached", "", "");
    Files.writeString(file, Files.readString(file) + " ".repeat(64 * 1024));
    assertThat(reader.read()).isEqualTo(HelperState.NONE);
  }

  @Test
  void boundsWhatItPassesOn() throws IOException {
    String many = (PROCESS.formatted(5) + ",").repeat(40) + "null,{\"pid\":7}";
    String bad = EXIT.formatted(4).replace("0xC0000005", "<script>") + ",{\"pid\":4}";
    write(NOW, "Attached\",\"message\":\"" + "m".repeat(5000), many, bad);
    HelperState state = reader.read();
    assertThat(state.processes()).hasSize(31);
    assertThat(state.exits()).isEmpty();
    assertThat(state.message()).hasSize(1024);
  }

  @Test
  void doesNotTakeAProcessForWatchedBecauseManyAre() throws IOException {
    write(NOW, "Attached", (PROCESS.formatted(5) + ",").repeat(40) + PROCESS.formatted(5), "");
    HelperState state = reader.read();
    assertThat(state.watches(new ProcessInstance(5, 1795330800))).isTrue();
    // Its dump, left by a container or a supervisor before, would wait as long as the others live.
    assertThat(state.watches(new ProcessInstance(99, 1))).isFalse();
  }

  private void write(Instant heartbeat, String phase, String processes, String exits)
      throws IOException {
    Files.writeString(
        file,
        "{\"version\":1,\"heartbeat\":\"%s\",\"supervisorPid\":1,\"phase\":\"%s\",\"reason\":\"\",\"processes\":[%s],\"exits\":[%s]}"
            .formatted(heartbeat, phase, processes, exits));
  }

  private static final class SettableClock extends Clock {
    private Instant now = NOW;

    @Override
    public ZoneId getZone() {
      return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
      return this;
    }

    @Override
    public Instant instant() {
      return now;
    }
  }
}
