package io.crashmonitor.sidecar.attach;

import static io.crashmonitor.sidecar.attach.AppContainer.SOON;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.crashmonitor.agent.AttachPhase;
import io.crashmonitor.minidump.reader.Wholeness;
import io.crashmonitor.testbed.wine.WineExit;
import io.crashmonitor.testbed.wine.WineProcess;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What goes wrong around ProcDump is told in words and never harms the application. */
class FaultIT {
  @RegisterExtension final AppContainer container = AppContainer.prepared();

  @Test
  void saysThatProcDumpIsMissingAndTakesItOnceItIsThere() throws Exception {
    Path tool = container.volume().resolve("bin/procdump64.exe");
    Files.delete(tool);
    container.session(SessionFile.ofCrashes());
    WineProcess app = container.app();
    container.supervise();

    AttachState missing = container.awaitPhase(AttachPhase.Failed);
    Files.copy(AppContainer.PROGRAMS.resolve("procdump64.exe"), tool);
    container.awaitPhase(AttachPhase.Attached);

    assertThat(missing.reason()).isEqualTo("ProcDumpMissing");
    assertThat(missing.message()).contains("procdump64.exe");
    AppContainer.assertAlive(app);
  }

  @Test
  void saysThatItMayNotDebugTheProcessOfAnotherUser() throws Exception {
    container.session(SessionFile.ofCrashes());
    WineProcess app = container.start("C:\\app\\guarded.exe");
    await().atMost(SOON).until(() -> container.output(app).contains("guarded"));
    container.supervise();

    AttachState state = container.awaitPhase(AttachPhase.Failed);

    assertThat(state.reason()).isEqualTo("AccessDenied");
    assertThat(state.message()).contains("no right to debug guarded.exe", "another user");
    AppContainer.assertAlive(app);
  }

  @Test
  void triesAgainWithGrowingPausesWhenProcDumpFails() throws Exception {
    container.environment(Map.of("PROCDUMP_STANDIN_FAULT", "fail"));
    container.session(SessionFile.ofCrashes());
    WineProcess app = container.app();
    container.supervise();

    AttachState state =
        container.awaitState("fourth failure", s -> s.message().contains("4 in a row"));

    assertThat(state.phase()).isEqualTo(AttachPhase.Failed);
    assertThat(state.reason()).isEqualTo("ProcDumpFailed");
    assertThat(state.message()).contains("next try in 8 s");
    assertThat(container.procdumpLog()).contains("Error attaching");
    AppContainer.assertAlive(app);
  }

  @Test
  void saysThatProcDumpCannotBeStarted() throws Exception {
    Files.writeString(container.volume().resolve("bin/procdump64.exe"), "not a program");
    container.session(SessionFile.ofCrashes());
    WineProcess app = container.app();
    container.supervise();

    AttachState state = container.awaitPhase(AttachPhase.Failed);

    assertThat(state.reason()).isEqualTo("ProcDumpFailed");
    assertThat(state.message()).contains("cannot start ProcDump");
    AppContainer.assertAlive(app);
  }

  @Test
  void attachesAgainAfterProcDumpWasKilled() throws Exception {
    container.environment(Map.of("PROCDUMP_STANDIN_FAULT", "die"));
    container.session(SessionFile.ofCrashes());
    WineProcess app = container.app();
    container.supervise();
    container.awaitPhase(AttachPhase.Attached);

    AttachState dead = container.awaitPhase(AttachPhase.Failed);
    container.awaitPhase(AttachPhase.Attached);

    assertThat(dead.message()).contains("ended while it was attached");
    AppContainer.assertAlive(app);
  }

  @Test
  void reportsTheEndOfAnApplicationThatWentWithItsDebugger() throws Exception {
    container.environment(Map.of("PROCDUMP_STANDIN_FAULT", "die-together"));
    container.session(SessionFile.ofCrashes());
    WineProcess app = container.app();
    container.supervise();
    container.awaitPhase(AttachPhase.Attached);

    WineExit end = app.await(SOON);

    AttachState state = container.awaitState("exit", s -> !s.exits().isEmpty());
    // STATUS_DEBUGGER_INACTIVE
    assertThat(end).isEqualTo(new WineExit.Exited(0xC0000354));
    assertThat(state.exits().get(0).exitCode()).isEqualTo("0xC0000354");
    assertThat(state.exits().get(0).attached()).isTrue();
    assertThat(state.exits().get(0).dumps()).isZero();
  }

  @Test
  void saysThatProcDumpHangsAndLetsTheApplicationBe() throws Exception {
    container.environment(Map.of("PROCDUMP_STANDIN_FAULT", "hang"));
    container.session(SessionFile.ofCrashes());
    WineProcess app = container.app();
    container.supervise();

    AttachState hanging =
        container.awaitState("words", s -> s.message().contains("has not attached"));
    container.session(SessionFile.ofCrashes().disarmed("Stopped"));
    container.awaitState("left alone", s -> s.message().contains("does not listen"));

    assertThat(hanging.phase()).isEqualTo(AttachPhase.Failed);
    assertThat(hanging.reason()).isEqualTo("ProcDumpFailed");
    AppContainer.assertAlive(app);
  }

  @Test
  void keepsProcDumpsLogShortUnderAFloodOfExceptions() throws Exception {
    container.session(
        SessionFile.ofCrashes().arguments("-accepteula", "-mm", "-e", "1", "-f", "C00000FD"));
    WineProcess app = container.app("--quiet", "--first-chance", "8BADF00D:20000");
    container.supervise();

    Path older = container.volume().resolve("logs/procdump.log.1");
    await().atMost(Duration.ofMinutes(2)).until(() -> Files.exists(older));

    assertThat(older).hasSize(65536);
    assertThat(Files.readString(older)).contains("Exception: 8BADF00D");
    await().atMost(SOON).until(() -> container.procdumpLog().length() < 1024 * 1024);
    assertThat(container.state().phase()).isEqualTo(AttachPhase.Attached);
    AppContainer.assertAlive(app);
  }

  @Test
  void keepsProcDumpsLogShortWhereAnotherProcDumpStarts() throws Exception {
    // A log that is moved aside at a start takes the handle of a living ProcDump with it.
    Files.write(procdumpLog(), new byte[2 * 1024 * 1024]);
    Object before = Files.readAttributes(procdumpLog(), BasicFileAttributes.class).fileKey();
    container.session(SessionFile.ofCrashes());
    WineProcess app = container.app();
    container.supervise();
    container.awaitPhase(AttachPhase.Attached);

    Path older = container.volume().resolve("logs/procdump.log.1");
    await().atMost(SOON).until(() -> Files.exists(older));

    assertThat(older).hasSize(65536);
    assertThat(Files.readAttributes(procdumpLog(), BasicFileAttributes.class).fileKey())
        .as("the file that ProcDump writes to")
        .isEqualTo(before);
    AppContainer.assertAlive(app);
  }

  @Test
  void keepsProcDumpsLogBoundedWhileADumpIsBeingWritten() throws Exception {
    container.environment(Map.of("PROCDUMP_STANDIN_DELAY_MS", "600000"));
    container.session(SessionFile.ofCrashes());
    container.appOnSignal("av");
    container.supervise();
    container.awaitPhase(AttachPhase.Attached);
    container.signal("av");
    container.awaitState("dump begun", s -> container.procdumpLog().contains("Dump 1 initiated"));

    Files.write(procdumpLog(), new byte[17 * 1024 * 1024], StandardOpenOption.APPEND);

    await().atMost(SOON).until(() -> Files.size(procdumpLog()) < 1024 * 1024);
    assertThat(container.volume().resolve("logs/procdump.log.1")).hasSize(65536);
  }

  private Path procdumpLog() {
    return container.volume().resolve("logs/procdump.log");
  }

  @Test
  void takesOverTheProcDumpOfASupervisorThatWasKilled() throws Exception {
    container.session(SessionFile.ofCrashes());
    WineProcess app = container.app();
    container.supervise();
    AttachState before = container.awaitPhase(AttachPhase.Attached);
    kill(before.supervisorPid());

    container.hook();
    AttachState after =
        container.awaitState(
            "attached anew",
            s -> s.supervisorPid() != before.supervisorPid() && s.phase() == AttachPhase.Attached);

    assertThat(container.log()).contains("of a supervisor before this one");
    assertThat(after.processes().get(0).procdumpPid())
        .isNotEqualTo(before.processes().get(0).procdumpPid());
    assertThat(after.processes().get(0).firstAttachedAt()).as("somebody was there before").isNull();
    AppContainer.assertAlive(app);
  }

  @Test
  void leavesAWholeDumpThoughTheSupervisorIsGone() throws Exception {
    container.session(SessionFile.ofCrashes());
    WineProcess app = container.appOnSignal("av");
    container.supervise();
    kill(container.awaitPhase(AttachPhase.Attached).supervisorPid());

    container.signal("av");

    assertThat(app.await(SOON)).isEqualTo(new WineExit.Exited(0xC0000005));
    try (Stream<Path> dumps = Files.list(container.incoming().get(0))) {
      assertThat(dumps)
          .singleElement()
          .satisfies(
              dump -> assertThat(Wholeness.of(dump).state()).isEqualTo(Wholeness.State.WHOLE));
    }
  }

  private void kill(long pid) throws Exception {
    WineExit killed = container.start("taskkill", "/f", "/pid", Long.toString(pid)).await(SOON);
    assertThat(killed).isEqualTo(new WineExit.Exited(0));
  }

  @Test
  void leavesNothingBehindWhenTheDumpCannotBeWritten() throws Exception {
    container.environment(Map.of("PROCDUMP_STANDIN_FAULT", "write"));
    container.session(SessionFile.ofCrashes());
    WineProcess app = container.appOnSignal("av");
    container.supervise();
    container.awaitPhase(AttachPhase.Attached);
    container.signal("av");

    assertThat(app.await(SOON)).isEqualTo(new WineExit.Exited(0xC0000005));

    container.awaitState("exit", s -> !s.exits().isEmpty() && s.exits().get(0).dumps() == 0);
    assertThat(container.ready()).isEmpty();
    assertThat(container.procdumpLog()).contains("Dump 1 error");
  }

  @Test
  void waitsForADumpThatTakesItsTimeWhileTheHeartbeatGoesOn() throws Exception {
    // Longer than a heartbeat takes to come.
    container.environment(Map.of("PROCDUMP_STANDIN_DELAY_MS", "12000"));
    container.session(SessionFile.ofCrashes());
    WineProcess app = container.appOnSignal("av");
    container.supervise();
    container.awaitPhase(AttachPhase.Attached);
    container.signal("av");
    AttachState writing =
        container.awaitState(
            "dump begun", s -> container.procdumpLog().contains("Dump 1 initiated"));

    container.awaitState("heartbeat", s -> s.heartbeat().isAfter(writing.heartbeat()));
    assertThat(container.ready()).isEmpty();
    AppContainer.assertAlive(app);

    assertThat(app.await(SOON)).isEqualTo(new WineExit.Exited(0xC0000005));
    container.awaitState("dump", s -> !s.exits().isEmpty() && s.exits().get(0).dumps() == 1);
  }

  @Test
  void doesNotCallOffADumpForTheSpaceItTakes() throws Exception {
    container.environment(Map.of("PROCDUMP_STANDIN_DELAY_MS", "12000"));
    container.session(SessionFile.ofCrashes());
    WineProcess app = container.appOnSignal("av");
    container.supervise();
    container.awaitPhase(AttachPhase.Attached);
    container.signal("av");
    container.awaitState("dump begun", s -> container.procdumpLog().contains("Dump 1 initiated"));

    // The verdict on the disk is renewed every 10 s: once while the dump is being written.
    container.session(SessionFile.ofCrashes().volumePercent(100));

    assertThat(app.await(SOON)).isEqualTo(new WineExit.Exited(0xC0000005));
    container.awaitState("dump", s -> !s.exits().isEmpty() && s.exits().get(0).dumps() == 1);
    assertThat(container.log()).doesNotContain("was asked to let go");
  }

  @Test
  void takesDumpsWithoutTheLogOfProcDump() throws Exception {
    Files.createDirectory(container.volume().resolve("logs/procdump.log"));
    container.session(SessionFile.ofCrashes());
    WineProcess app = container.appOnSignal("av");
    container.supervise();
    container.awaitPhase(AttachPhase.Attached);
    container.signal("av");

    assertThat(app.await(SOON)).isEqualTo(new WineExit.Exited(0xC0000005));
    container.awaitState("dump", s -> !s.exits().isEmpty() && s.exits().get(0).dumps() == 1);
  }

  @Test
  void worksWithoutAnyOfItsFolders() throws Exception {
    for (String name : new String[] {"state", "logs", "dumps/ready", "dumps/incoming", "dumps"}) {
      Files.delete(container.volume().resolve(name));
    }
    container.session(SessionFile.ofCrashes());
    WineProcess app = container.appOnSignal("av");
    container.supervise();
    await()
        .atMost(SOON)
        .until(() -> Files.isDirectory(container.volume().resolve("dumps/incoming")));
    container.signal("av");

    assertThat(app.await(SOON)).isEqualTo(new WineExit.Exited(0xC0000005));
  }
}
