package io.crashmonitor.sidecar.attach;

import static io.crashmonitor.sidecar.attach.AppContainer.SOON;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import io.crashmonitor.agent.AttachPhase;
import io.crashmonitor.testbed.wine.WineExit;
import io.crashmonitor.testbed.wine.WineProcess;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The application started by the helper itself. */
class LaunchIT {
  // What console.exe says.
  private static final WineExit NOT_PRESSED = new WineExit.Exited(5);

  @RegisterExtension final AppContainer container = AppContainer.prepared();

  @Test
  void catchesACrashInTheFirstMoment() throws Exception {
    container.session(SessionFile.ofCrashes());

    WineProcess launch = launch("--crash", "av", "--after", "0");

    assertThat(launch.await(SOON)).isEqualTo(new WineExit.Exited(0xC0000005));
    assertThat(container.output(launch)).contains("now: av");
    assertThat(container.ready()).hasSize(1);
    assertThat(container.state().exits())
        .singleElement()
        .returns("0xC0000005", e -> e.exitCode())
        .returns(1, e -> e.dumps());
  }

  @Test
  void handsOnArgumentsAndExitCodeAsTheyAre() throws Exception {
    container.session(SessionFile.ofCrashes().disarmed("Scheduled"));

    WineProcess launch =
        container.start(
            AppContainer.ATTACH,
            "launch",
            "--",
            "cmd",
            "/d",
            "/c",
            "echo \"a  b\" & exit /b -532462766");

    assertThat(launch.await(SOON)).isEqualTo(new WineExit.Exited(-532462766));
    // The quotes with the backslashes that the kubelet's side wrote before them.
    assertThat(container.output(launch)).contains("\\\"a  b\\\"");
  }

  @Test
  void startsTheApplicationWithoutASessionAfterABound() throws Exception {
    WineProcess launch = launch("--crash", "exit:3", "--after", "0");

    assertThat(launch.await(SOON)).isEqualTo(new WineExit.Exited(3));
  }

  @Test
  void startsTheApplicationWhereAnotherSupervisorRuns() throws Exception {
    container.session(SessionFile.ofCrashes());
    container.supervise();
    container.awaitPhase(AttachPhase.WaitingForProcess);

    WineProcess launch = container.launchOnSignal("av");
    container.awaitPhase(AttachPhase.Attached);
    container.signal("av");

    assertThat(launch.await(SOON)).isEqualTo(new WineExit.Exited(0xC0000005));
    container.awaitState("dump", s -> s.exits().stream().anyMatch(e -> e.dumps() == 1));
  }

  @Test
  void staysWithAnApplicationThatTheSessionDoesNotMeanAnyMore() throws Exception {
    container.session(SessionFile.ofCrashes().disarmed("Unknown"));
    WineProcess launch = container.launchOnSignal("exit:7");
    container.awaitPhase(AttachPhase.Disarmed);

    container.session(SessionFile.ofCrashes().process("worker.exe"));
    AttachState other = container.awaitPhase(AttachPhase.WaitingForProcess);

    assertThat(other.processes()).isEmpty();
    container.signal("exit:7");
    assertThat(launch.await(SOON)).isEqualTo(new WineExit.Exited(7));
    assertThat(container.log()).doesNotContain("ProcDump starts");
  }

  @Test
  void startsAnApplicationAtOnceThatTheSessionDoesNotMean() throws Exception {
    container.session(SessionFile.ofCrashes().process("worker.exe"));

    WineProcess launch = launch("--crash", "exit:7", "--after", "0");

    assertThat(launch.await(SOON)).isEqualTo(new WineExit.Exited(7));
    assertThat(container.log()).doesNotContain("ProcDump starts");
    assertThat(container.state().exits()).isEmpty();
  }

  @Test
  void leavesCtrlCToTheApplicationAndWaitsForItsEnd() throws Exception {
    container.session(SessionFile.ofCrashes().disarmed("Scheduled"));

    // What a program without a handler of its own ends with on Wine.
    assertThat(afterKeys("c", AppContainer.CRASHER)).isEqualTo(new WineExit.Exited(0));
    assertThat(container.log()).containsPattern("crasher.exe .*: ended with 0x00000000");
  }

  @ParameterizedTest
  @CsvSource({"c, 40", "break, 41"})
  void waitsForAnApplicationThatCleansUpAfterTheKeys(String keys, int code) throws Exception {
    container.session(SessionFile.ofCrashes().disarmed("Scheduled"));

    WineExit end = afterKeys(keys, "C:\\app\\graceful.exe");

    assumeFalse(end.equals(NOT_PRESSED), "skipped: this Wine does not press Ctrl-Break");
    assertThat(end).isEqualTo(new WineExit.Exited(code));
    assertThat(container.log()).contains("ended with 0x000000" + Integer.toHexString(code));
  }

  /** How an application ends, started by the helper, when keys are pressed in its console. */
  private WineExit afterKeys(String keys, String app) throws Exception {
    WineProcess console =
        container.start(
            "C:\\app\\console.exe",
            keys,
            AppContainer.SIGNALS + "\\keys",
            AppContainer.ATTACH + " launch -- " + app);
    await().atMost(SOON).until(() -> container.output(console).contains("alive"));
    container.signal("keys");
    return console.await(SOON);
  }

  @Test
  void startsAndEndsWithTheApplicationThoughTheVolumeDoesNotAnswer() throws Exception {
    // The first file that the helper writes to, and waits for.
    WineProcess volume =
        container.start("C:\\app\\stuck.exe", "crash-monitor\\state\\attach.json.tmp");
    await().atMost(SOON).until(() -> container.output(volume).contains("stuck"));
    container.environment(Map.of("CRASH_MONITOR_ROOT", "\\\\.\\pipe\\crash-monitor"));

    WineProcess launch = launch("--crash", "exit:3", "--after", "0");

    assertThat(launch.await(Duration.ofMinutes(1))).isEqualTo(new WineExit.Exited(3));
  }

  @Test
  void endsSoonAfterTheApplicationThoughProcDumpDoesNot() throws Exception {
    container.environment(Map.of("PROCDUMP_STANDIN_FAULT", "linger"));
    container.session(SessionFile.ofCrashes());
    WineProcess launch = container.launchOnSignal("exit:7");
    container.awaitPhase(AttachPhase.Attached);
    container.signal("exit:7");

    // What ends the ProcDump of a process that is gone comes after a minute.
    assertThat(launch.await(SOON)).isEqualTo(new WineExit.Exited(7));
    assertThat(container.state().exits()).singleElement().returns("0x00000007", e -> e.exitCode());
  }

  @Test
  void saysThatThereIsNoSuchProgram() throws Exception {
    WineProcess launch = container.start(AppContainer.ATTACH, "launch", "--", "missing.exe");

    assertThat(launch.await(SOON)).isEqualTo(new WineExit.Exited(127));
    assertThat(container.output(launch)).contains("missing.exe");
  }

  private WineProcess launch(String... options) {
    return container.launch(List.of(options));
  }
}
