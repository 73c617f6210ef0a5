package io.crashmonitor.sidecar.attach;

import static io.crashmonitor.sidecar.attach.AppContainer.SOON;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.crashmonitor.agent.AttachPhase;
import io.crashmonitor.agent.WatchedProcess;
import io.crashmonitor.testbed.wine.WineExit;
import io.crashmonitor.testbed.wine.WineProcess;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Attaches when it is wanted, lets go when it is not, and never at the application's cost. */
class ArmingIT {
  @RegisterExtension final AppContainer container = AppContainer.prepared();

  @Test
  void waitsForTheSessionFile() throws Exception {
    WineProcess app = container.app();
    container.supervise();

    container.awaitPhase(AttachPhase.WaitingForSession);
    container.session(SessionFile.ofCrashes());

    container.awaitPhase(AttachPhase.Attached);
    AppContainer.assertAlive(app);
  }

  @Test
  void staysAwayWhileDisarmedAndSaysWhy() throws Exception {
    container.session(SessionFile.ofCrashes().disarmed("Scheduled"));
    container.app();
    container.supervise();

    AttachState state = container.awaitState("process seen", s -> s.processes().size() == 1);

    assertThat(state.phase()).isEqualTo(AttachPhase.Disarmed);
    assertThat(state.reason()).isEqualTo("Scheduled");
    assertThat(state.attachedNames()).isEmpty();
    assertThat(container.procdumpLog()).isEmpty();

    container.session(SessionFile.ofCrashes());

    assertThat(container.awaitPhase(AttachPhase.Attached).processes())
        .singleElement()
        .returns(true, WatchedProcess::attached)
        .as("does not tell how long attaching takes")
        .returns(null, WatchedProcess::firstAttachedAt);
  }

  @Test
  void letsGoOfALivingApplicationAndComesBack() throws Exception {
    container.session(SessionFile.ofCrashes());
    WineProcess app = container.app();
    container.supervise();
    WatchedProcess first = container.awaitPhase(AttachPhase.Attached).processes().get(0);

    container.session(SessionFile.ofCrashes().disarmed("Stopped"));
    AttachState stopped = container.awaitPhase(AttachPhase.Disarmed);
    container.session(SessionFile.ofCrashes());
    WatchedProcess again = container.awaitPhase(AttachPhase.Attached).processes().get(0);

    assertThat(stopped.reason()).isEqualTo("Stopped");
    assertThat(stopped.processes()).singleElement().returns(false, p -> p.attached());
    assertThat(first.firstAttachedAt()).isNotNull().isEqualTo(first.attachedAt());
    assertThat(again.firstAttachedAt()).isEqualTo(first.firstAttachedAt());
    assertThat(again.attachedAt()).isAfter(again.firstAttachedAt());
    AppContainer.assertAlive(app);
  }

  @Test
  void disarmsByItselfAtTheStopTime() throws Exception {
    container.session(SessionFile.ofCrashes());
    WineProcess app = container.app();
    container.supervise();
    container.awaitPhase(AttachPhase.Attached);

    Instant stop = Instant.now().plusSeconds(3);
    container.session(SessionFile.ofCrashes().disarmAt(stop));
    AttachState state = container.awaitPhase(AttachPhase.Disarmed);

    assertThat(state.reason()).isEqualTo("StopTimeReached");
    assertThat(Instant.now()).isAfterOrEqualTo(stop);
    AppContainer.assertAlive(app);
  }

  @Test
  void aClockPastTheStopTimeCostsTheMonitoringOnly() throws Exception {
    container.session(SessionFile.ofCrashes().disarmAt(Instant.parse("2020-01-01T00:00:00Z")));
    WineProcess app = container.app();
    container.supervise();

    AttachState state = container.awaitPhase(AttachPhase.Disarmed);

    assertThat(state.reason()).isEqualTo("StopTimeReached");
    assertThat(container.log()).doesNotContain("ProcDump starts");
    AppContainer.assertAlive(app);
  }

  @Test
  void attachesAnewWithChangedArguments() throws Exception {
    container.session(SessionFile.ofCrashes());
    WineProcess app = container.app();
    container.supervise();
    long before = attachedProcDump();

    container.session(SessionFile.ofCrashes().arguments("-accepteula", "-mp", "-e", "-n", "1"));

    await().atMost(SOON).until(() -> attachedProcDump() != before);
    AppContainer.assertAlive(app);
  }

  @Test
  void keepsTheLastGoodSessionWhenANewOneIsBroken() throws Exception {
    container.session(SessionFile.ofCrashes());
    container.app();
    container.supervise();
    container.awaitPhase(AttachPhase.Attached);

    container.sessionText("version=1\narmed=perhaps\n");

    AttachState state = container.awaitState("problem told", s -> s.message().contains("armed"));
    assertThat(state.phase()).isEqualTo(AttachPhase.Attached);
  }

  @Test
  void refusesASessionItCannotUse() throws Exception {
    container.sessionText("version=1\narmed=true\narg.0=-k\n");
    WineProcess app = container.app();
    container.supervise();

    AttachState state = container.awaitPhase(AttachPhase.Failed);

    assertThat(state.reason()).isEqualTo("SessionInvalid");
    AppContainer.assertAlive(app);
  }

  @Test
  void refusesASessionFileThatIsTooLong() throws Exception {
    container.sessionText(SessionFile.ofCrashes().text() + "#".repeat(65536));
    container.supervise();

    assertThat(container.awaitPhase(AttachPhase.Failed).reason()).isEqualTo("SessionInvalid");
  }

  @Test
  void stepsBackFromAnotherDebuggerAndComesBack() throws Exception {
    WineProcess app = container.app();
    String pid = Long.toString(app.pid().orElseThrow());
    WineProcess other = container.start(AppContainer.PROCDUMP, "-accepteula", "-e", pid, "C:\\");
    await().atMost(SOON).until(() -> container.output(other).contains("Press Ctrl-C"));
    container.session(SessionFile.ofCrashes());
    container.supervise();

    AttachState away = container.awaitPhase(AttachPhase.SteppedBack);
    container.start(AppContainer.PROCDUMP, "-accepteula", "-cancel", pid);
    container.awaitPhase(AttachPhase.Attached);

    assertThat(away.reason()).isEqualTo("DebuggerAttached");
    assertThat(away.message()).contains("crasher.exe");
    AppContainer.assertAlive(app);
  }

  @Test
  void leavesAProcDumpAloneThatDoesNotLetGo() throws Exception {
    container.environment(Map.of("PROCDUMP_STANDIN_FAULT", "deaf"));
    container.session(SessionFile.ofCrashes());
    WineProcess app = container.app();
    container.supervise();
    long procdump = attachedProcDump();

    container.session(SessionFile.ofCrashes().disarmed("Stopped"));

    AttachState state =
        container.awaitState(
            "words after a while",
            s -> s.phase() == AttachPhase.CancelPending && s.message().contains("left alone"));
    assertThat(state.reason()).isEqualTo("Stopped");
    assertThat(state.processes()).singleElement().returns(procdump, p -> p.procdumpPid());
    AppContainer.assertAlive(app);
  }

  @Test
  void letsGoWhenTheVolumeRunsLowAndComesBackWhenItDoesNot() throws Exception {
    container.session(SessionFile.ofCrashes());
    WineProcess app = container.app();
    container.supervise();
    container.awaitPhase(AttachPhase.Attached);

    container.session(SessionFile.ofCrashes().volumePercent(100));
    AttachState low = container.awaitState("disk low", s -> s.reason().equals("DiskLow"));
    container.session(SessionFile.ofCrashes());
    container.awaitPhase(AttachPhase.Attached);

    assertThat(low.phase()).isEqualTo(AttachPhase.Disarmed);
    assertThat(low.message()).contains("MB are free");
    assertThat(low.attachedNames()).isEmpty();
    AppContainer.assertAlive(app);
  }

  @Test
  void saysWhichWindowsTheContainerIsMadeOf() throws Exception {
    String key = "HKLM\\SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion";
    String[] add = {"reg", "add", key, "/v", "InstallationType", "/d", "Nano Server", "/f"};
    assertThat(container.start(add).await(SOON)).isEqualTo(new WineExit.Exited(0));
    container.supervise();

    AttachState state = container.awaitPhase(AttachPhase.WaitingForSession);

    assertThat(state.installationType()).isEqualTo("Nano Server");
  }

  private long attachedProcDump() {
    return container.awaitPhase(AttachPhase.Attached).processes().get(0).procdumpPid();
  }
}
