package io.crashmonitor.sidecar;

import static org.assertj.core.api.Assertions.assertThat;

import io.crashmonitor.agent.AttachPhase;
import io.crashmonitor.agent.DumpDecision.Refused;
import io.crashmonitor.agent.SessionConfiguration;
import io.crashmonitor.api.CaptureEngine;
import io.crashmonitor.api.DumpSettings;
import io.crashmonitor.report.CrashId;
import io.crashmonitor.report.ExitCodeSource;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** Dumps that the .NET runtime writes by itself: no helper, nobody to call it off. */
class RuntimeEngineIT extends AgentWithStorage {
  @Test
  void bringsADumpThatTheRuntimeWroteToStorage() {
    // given
    operator.configure(wanting(true, ""));
    byte[] dump = TestDump.of(5, START, "").padded(1_000_000).bytes();
    Path file = written("Check out_1.exe_5_" + START.plusSeconds(60).getEpochSecond(), dump);
    // when
    start(Duration.ofSeconds(55));
    patiently().until(() -> Files.notExists(file));
    // then
    String id = CrashId.of(RunningAgent.POD_UID, 5, START).value();
    assertThat(operator.offers.get(0))
        .returns(id, o -> o.crashId())
        .returns("Check out_1.exe", o -> o.process())
        .returns(ExitCodeSource.Exception, o -> o.exitCodeSource())
        .returns("0xC0000005", o -> o.exceptionCode());
    assertThat(store.downloaded(id + ".dmp.gz")).isEqualTo(dump);
    assertThat(folder.resolve("dumps/incoming")).isEmptyDirectory();
    assertThat(operator.syncs).anyMatch(s -> s.state().phase() == AttachPhase.RuntimeWritesDumps);
    assertThat(read(folder.resolve("control/session.properties")))
        .contains("armed=false\ndisarmedReason=CreateDump\n");
  }

  @Test
  void deletesWhatComesAfterAStopAndBringsWhatCameBefore() {
    // given
    operator.configure(wanting(true, ""));
    start(Duration.ofSeconds(55));
    patiently()
        .until(
            () ->
                operator.syncs.stream()
                    .anyMatch(s -> s.state().phase() == AttachPhase.RuntimeWritesDumps));
    byte[] dump = TestDump.of(5, START, "").bytes();
    Path before = written("app.exe_5_" + START.plusSeconds(60).getEpochSecond(), dump);
    // when
    operator.configure(wanting(false, "Stopped"));
    patiently()
        .until(() -> operator.syncs.stream().anyMatch(s -> s.state().reason().equals("Stopped")));
    Path after =
        written(
            "app.exe_6_" + Instant.now().plusSeconds(30).getEpochSecond(),
            TestDump.of(6, START, "").bytes());
    touch(after, Instant.now().plusSeconds(30));
    // then
    patiently().until(() -> Files.notExists(before) && Files.notExists(after));
    assertThat(operator.offers).extracting(o -> o.pid()).containsOnly(5L);
    assertThat(operator.completions).hasSize(1);
  }

  @Test
  void letsTheOperatorCountTheCrashesBeyondTheBudget() {
    // given
    operator.configure(wanting(false, "BudgetUsed"));
    operator.decide = offer -> new Refused("BudgetUsed", "3 of 3 dumps are there");
    // when
    start(Duration.ofSeconds(55));
    Path file =
        written("app.exe_5_" + Instant.now().getEpochSecond(), TestDump.of(5, START, "").bytes());
    // then
    patiently().until(() -> Files.notExists(file));
    assertThat(operator.offers).hasSize(1);
  }

  @Test
  void keepsWhatWaitedAtARestartThoughTheVolumeIsFull() {
    // given
    operator.configure(wanting(true, ""));
    RunningAgent before = start(Duration.ofSeconds(55));
    patiently().until(() -> Files.exists(folder.resolve("control/configuration.json")));
    before.close();
    operator.decide = offer -> new Refused("BudgetUsed", "");
    List<Path> waiting =
        LongStream.rangeClosed(1, 100)
            .mapToObj(
                pid ->
                    written(
                        "app.exe_" + pid + "_" + START.plusSeconds(60).getEpochSecond(),
                        TestDump.of(pid, START, "").bytes()))
            .toList();
    // when
    start(Duration.ofSeconds(55));
    patiently().until(() -> waiting.stream().allMatch(Files::notExists));
    // then
    assertThat(operator.offers.stream().map(o -> o.pid()).distinct()).hasSize(100);
  }

  private Path written(String name, byte[] dump) {
    try {
      Path incoming = Files.createDirectories(folder.resolve("dumps/incoming"));
      return Files.write(incoming.resolve(name + ".dmp"), dump);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void touch(Path file, Instant time) {
    try {
      Files.setLastModifiedTime(file, FileTime.from(time));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static SessionConfiguration wanting(boolean armed, String reason) {
    return new SessionConfiguration(
        "run-1",
        armed,
        reason,
        Instant.parse("2030-01-01T00:00:00Z"),
        "",
        DumpSettings.DEFAULT,
        CaptureEngine.CreateDump,
        false);
  }
}
