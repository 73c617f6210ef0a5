package io.crashmonitor.sidecar.attach;

import static io.crashmonitor.sidecar.attach.AppContainer.SOON;
import static org.assertj.core.api.Assertions.assertThat;

import io.crashmonitor.agent.AttachPhase;
import io.crashmonitor.testbed.wine.WineExit;
import io.crashmonitor.testbed.wine.WineProcess;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The application started by the helper itself. */
class LaunchIT {
  @TempDir Path folder;
  private AppContainer container;

  @BeforeEach
  void open() throws Exception {
    container = AppContainer.prepared(folder);
  }

  @AfterEach
  void close() {
    if (container != null) {
      container.close();
    }
  }

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

    WineProcess launch = launch("--crash", "av", "--after", "3000");

    assertThat(launch.await(SOON)).isEqualTo(new WineExit.Exited(0xC0000005));
    container.awaitState("dump", s -> s.exits().stream().anyMatch(e -> e.dumps() == 1));
  }

  @Test
  void staysWithAnApplicationThatTheSessionDoesNotMeanAnyMore() throws Exception {
    container.session(SessionFile.ofCrashes().disarmed("Unknown"));
    WineProcess launch = launch("--crash", "exit:7", "--after", "6000");
    container.awaitPhase(AttachPhase.Disarmed);

    container.session(SessionFile.ofCrashes().process("worker.exe"));
    AttachState other = container.awaitPhase(AttachPhase.WaitingForProcess);

    assertThat(other.processes()).isEmpty();
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
  void saysThatThereIsNoSuchProgram() throws Exception {
    WineProcess launch = container.start(AppContainer.ATTACH, "launch", "--", "missing.exe");

    assertThat(launch.await(SOON)).isEqualTo(new WineExit.Exited(127));
    assertThat(container.output(launch)).contains("missing.exe");
  }

  private WineProcess launch(String... options) {
    String[] command = new String[options.length + 4];
    command[0] = AppContainer.ATTACH;
    command[1] = "launch";
    command[2] = "--";
    command[3] = AppContainer.CRASHER;
    System.arraycopy(options, 0, command, 4, options.length);
    return container.start(command);
  }
}
