package io.crashmonitor.sidecar.attach;

import static io.crashmonitor.sidecar.attach.AppContainer.SOON;
import static org.assertj.core.api.Assertions.assertThat;

import io.crashmonitor.agent.AttachPhase;
import io.crashmonitor.agent.WatchedProcess;
import io.crashmonitor.testbed.wine.WineExit;
import io.crashmonitor.testbed.wine.WineProcess;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A stop that comes while a dump is being written, with a ProcDump that would abandon it. */
class StopDuringDumpIT {
  private static final SessionFile ARMED = SessionFile.ofCrashes();

  @RegisterExtension final AppContainer container = AppContainer.prepared();

  @ParameterizedTest
  @ValueSource(strings = {"stopped", "stop time", "arguments", "name"})
  void waitsForTheDump(String stop) throws Exception {
    container.environment(
        Map.of("PROCDUMP_STANDIN_FAULT", "impatient", "PROCDUMP_STANDIN_DELAY_MS", "5000"));
    container.session(ARMED);
    WineProcess app = container.appOnSignal("av");
    container.supervise();
    container.awaitPhase(AttachPhase.Attached);
    container.signal("av");
    container.awaitState("dump begun", s -> container.procdumpLog().contains("Dump 1 writing"));

    container.session(
        switch (stop) {
          case "stopped" -> ARMED.disarmed("Stopped");
          case "stop time" -> ARMED.disarmAt(Instant.now());
          case "arguments" -> ARMED.arguments("-accepteula", "-mp", "-e", "-n", "1");
          default -> ARMED.process("another.exe");
        });
    AttachState waiting = container.awaitPhase(AttachPhase.CancelPending);

    assertThat(app.await(SOON)).isEqualTo(new WineExit.Exited(0xC0000005));
    Awaitility.await().atMost(SOON).until(() -> container.ready().size() == 1);
    assertThat(container.procdumpLog()).contains("Dump 1 complete");
    assertThat(waiting.message()).contains("writes a dump", "when that is done");
  }

  @Test
  void waitsNoLongerThanADumpMayTake() throws Exception {
    container.session(ARMED.arguments("-accepteula", "-mm", "-e", "-n", "1", "-at", "1"));
    WineProcess app = container.app();
    container.supervise();
    WatchedProcess watched = container.awaitPhase(AttachPhase.Attached).processes().get(0);
    String folder = watched.pid() + "_" + watched.startTime().toEpochMilli();
    // One that never ends: nobody writes it.
    Path dump = container.volume().resolve("dumps/incoming").resolve(folder).resolve("x.dmp");
    Files.createFile(dump);

    container.session(ARMED.disarmed("Stopped"));
    container.awaitState("dump waited for", s -> s.message().contains("writes a dump"));

    Awaitility.await()
        .atMost(Duration.ofMinutes(3))
        .until(() -> container.state().phase() == AttachPhase.Disarmed);
    AppContainer.assertAlive(app);
  }
}
