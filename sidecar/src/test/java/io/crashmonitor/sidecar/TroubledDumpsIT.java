package io.crashmonitor.sidecar;

import static org.assertj.core.api.Assertions.assertThat;

import io.crashmonitor.agent.AgentProtocol;
import io.crashmonitor.agent.DumpDecision.Refused;
import io.crashmonitor.agent.SessionConfiguration;
import io.crashmonitor.api.CaptureEngine;
import io.crashmonitor.api.DumpSettings;
import io.crashmonitor.report.CrashId;
import io.crashmonitor.sidecar.dump.MinidumpInspector;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Dumps that do not get through as usual: the operator learns of each. */
class TroubledDumpsIT extends AgentWithStorage {
  @Test
  void reportsAFileThatIsNoDumpAsNotWhole() throws IOException {
    // given
    operator.decide = offer -> new Refused("Truncated", "");
    Path ready = Files.createDirectories(folder.resolve("dumps/ready"));
    Path file = ready.resolve("5_" + START.toEpochMilli() + "_1.dmp");
    Files.writeString(file, "no dump at all, but a text that is longer than its header");
    // when
    start(Duration.ofSeconds(55));
    patiently().until(() -> Files.notExists(file));
    // then
    assertThat(operator.offers)
        .singleElement()
        .returns(true, o -> o.truncated())
        .returns(CrashId.of(RunningAgent.POD_UID, 5, START).value(), o -> o.crashId());
  }

  @Test
  void offersADumpForTheRunItWasTakenInAlsoAfterARestart() {
    // given
    operator.status = path -> path.equals(AgentProtocol.DUMPS) ? 503 : 200;
    Path file = TestDump.of(5, START, UNHANDLED).ready(folder, 5, START, 1);
    RunningAgent first = start(Duration.ofSeconds(55));
    patiently().until(() -> operator.statuses.contains(503));
    first.close();
    operator.configure(ofRun("run-2"));
    operator.status = path -> 200;
    // when
    start(Duration.ofSeconds(55));
    patiently().until(() -> Files.notExists(file));
    // then
    assertThat(operator.offers).isNotEmpty().allMatch(o -> o.runId().equals("run-1"));
  }

  @Test
  void reportsAlsoADumpAsLostThatTheOperatorHasNotHeardOf() throws IOException {
    // given a dump whose analysis holds back its offer
    TestDump.of(5, START, UNHANDLED).ready(folder, 5, START, 1);
    Path end = Files.createDirectories(folder.resolve("control")).resolve("end");
    Files.writeString(end, "1\n");
    // when
    RunningAgent agent =
        start(Duration.ofSeconds(2), new SlowInspector(new MinidumpInspector(), () -> false));
    patiently().until(agent.ended::isDone);
    // then
    String id = CrashId.of(RunningAgent.POD_UID, 5, START).value();
    assertThat(operator.offers).extracting(o -> o.crashId()).containsOnly(id);
    assertThat(operator.abandons.get(id).reason()).isEqualTo("Lost");
  }

  @Test
  void endsADrainInTheGracePeriodOfThePod() throws Exception {
    // given
    operator.configure(ofRun("run-1").inPod(6));
    operator.status = path -> path.endsWith("/dumps") ? 503 : 200;
    TestDump.of(5, START, UNHANDLED).ready(folder, 5, START, 1);
    RunningAgent agent = startBounded();
    Path session = folder.resolve("control/session.properties");
    patiently().until(() -> read(session).contains("\ndrain.seconds=4\n"));
    // when
    Files.writeString(folder.resolve("control/end"), "1\n");
    // then
    patiently().until(agent.ended::isDone);
    assertThat(operator.abandons.values()).extracting(a -> a.reason()).containsOnly("Lost");
  }

  @Test
  void capturesNothingMoreWhileAHundredDumpsWait() throws IOException {
    // given
    operator.status = path -> path.endsWith("/dumps") ? 503 : 200;
    for (int pid = 1; pid <= 100; pid++) {
      TestDump.of(pid, START, UNHANDLED).ready(folder, pid, START, 1);
    }
    Path session = folder.resolve("control/session.properties");
    // when
    start(Duration.ofSeconds(55));
    // then
    patiently().until(() -> read(session).contains("armed=false\ndisarmedReason=DumpsWaiting\n"));
    operator.decide = offer -> new Refused("BudgetUsed", "");
    operator.status = path -> 200;
    patiently().until(() -> read(session).contains("armed=true"));
  }

  @Test
  void offersNoDumpThatHasAnotherName() throws IOException {
    // given
    Path named = TestDump.of(5, START, UNHANDLED).ready(folder, 5, START, 1);
    Path dump = TestDump.of(6, START, UNHANDLED).ready(folder, 6, START, 1);
    // when
    start(named::equals);
    // then
    patiently().until(() -> Files.notExists(dump));
    String id = CrashId.of(RunningAgent.POD_UID, 6, START).value();
    assertThat(operator.offers).extracting(o -> o.crashId()).containsOnly(id);
    assertThat(named).exists();
  }

  @Test
  void bringsADumpToStorageFromAVolumeWithoutAFreeByte() throws IOException {
    // given
    Path control = folder.resolve("control/session.properties");
    try (SmallVolume volume = SmallVolume.over(folder, 24)) {
      Path file = TestDump.of(5, START, UNHANDLED).padded(9_000_000).ready(folder, 5, START, 1);
      volume.fill();
      // when
      RunningAgent agent = start(Duration.ofSeconds(55));
      // then
      patiently().until(() -> Files.notExists(file));
      assertThat(operator.completions).hasSize(1);
      // and its word to the helper comes as soon as it can
      assertThat(volume.free()).isPositive();
      patiently().until(() -> read(control).contains("armed=true"));
      agent.close();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"dumps", "state", "logs", "bin"})
  void touchesNothingBehindAFolderThatWasReplacedByALink(String folderName) throws IOException {
    // given a folder elsewhere that looks like one of ours
    Path mine = folder.resolve(folderName);
    Path outside = folder.resolve("outside");
    Files.createDirectories(outside.resolve("ready"));
    Files.createDirectories(outside.resolve("incoming"));
    Files.createSymbolicLink(mine, outside);
    Path bait = TestDump.of(5, START, UNHANDLED).ready(folder, 5, START, 1);
    // when
    start(Duration.ofSeconds(55));
    patiently()
        .until(
            () ->
                operator.syncs.stream().anyMatch(s -> s.state().reason().equals("FolderReplaced")));
    // then it goes on once the folder is ours again
    assertThat(operator.offers).isEmpty();
    assertThat(bait).exists();
    Path real = folder.resolve("dumps/ready").resolve(bait.getFileName());
    Files.delete(mine);
    if (folderName.equals("dumps")) {
      Files.move(outside, mine);
    } else {
      Files.createDirectory(mine);
    }
    patiently().until(() -> Files.notExists(real));
    assertThat(operator.completions).hasSize(1);
  }

  @Test
  void waitsAtThePodsEndForNothingBehindALink() throws IOException {
    // given
    Path outside = Files.createDirectories(folder.resolve("outside"));
    Files.createDirectories(outside.resolve("ready"));
    Files.createDirectories(outside.resolve("incoming"));
    Files.createSymbolicLink(folder.resolve("dumps"), outside);
    Path bait = TestDump.of(5, START, UNHANDLED).ready(folder, 5, START, 1);
    Files.writeString(Files.createDirectories(folder.resolve("control")).resolve("end"), "1\n");
    // when
    RunningAgent agent = start(Duration.ofMinutes(5));
    // then
    patiently().until(agent.ended::isDone);
    assertThat(bait).exists();
  }

  private static SessionConfiguration ofRun(String run) {
    return new SessionConfiguration(
        run,
        true,
        "",
        Instant.parse("2030-01-01T00:00:00Z"),
        "",
        DumpSettings.DEFAULT,
        CaptureEngine.ProcDump,
        true);
  }
}
