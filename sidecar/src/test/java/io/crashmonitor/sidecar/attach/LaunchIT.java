package io.crashmonitor.sidecar.attach;

import static io.crashmonitor.sidecar.attach.AppContainer.SOON;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.crashmonitor.agent.AttachPhase;
import io.crashmonitor.testbed.wine.WineExit;
import io.crashmonitor.testbed.wine.WineProcess;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The application started by the helper itself. */
class LaunchIT {
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
    WineProcess console =
        container.start(
            "C:\\app\\console.exe",
            AppContainer.SIGNALS + "\\ctrl-c",
            AppContainer.ATTACH + " launch -- " + AppContainer.CRASHER);
    await().atMost(SOON).until(() -> container.output(console).contains("alive"));

    container.signal("ctrl-c");

    // What a program without a handler of its own ends with on Wine.
    assertThat(console.await(SOON)).isEqualTo(new WineExit.Exited(0));
    assertThat(container.log()).containsPattern("crasher.exe .*: ended with 0x00000000");
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
