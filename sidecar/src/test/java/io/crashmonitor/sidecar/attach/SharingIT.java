package io.crashmonitor.sidecar.attach;

import static io.crashmonitor.sidecar.attach.AppContainer.SOON;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.crashmonitor.agent.AttachPhase;
import io.crashmonitor.minidump.reader.Wholeness;
import io.crashmonitor.testbed.controlplane.Provisioned;
import io.crashmonitor.testbed.controlplane.Tool;
import io.crashmonitor.testbed.wine.WindowsPath;
import io.crashmonitor.testbed.wine.WineExit;
import io.crashmonitor.testbed.wine.WineProcess;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The agent's Java on Windows has files open that the helper wants to replace. */
class SharingIT {
  @RegisterExtension final AppContainer container = AppContainer.prepared();

  @BeforeEach
  void addJava() throws Exception {
    Optional<Path> jre = Provisioned.load().find(Tool.JRE_WINDOWS);
    assumeTrue(jre.isPresent(), "no Windows JRE here: testbed/provision.sh jre brings it");
    container.prefix().mount(jre.orElseThrow(), WindowsPath.of("C:\\jre"));
    Path held = Path.of(HoldsFile.class.getName().replace('.', '/') + ".class");
    Path classes = container.folder().resolve("classes");
    Files.createDirectories(classes.resolve(held).getParent());
    Files.copy(
        Path.of(HoldsFile.class.getProtectionDomain().getCodeSource().getLocation().toURI())
            .resolve(held),
        classes.resolve(held));
    container.prefix().mount(classes, WindowsPath.of("C:\\classes"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"nio", "io"})
  void aStateThatIsBeingReadIsReplacedOnceTheReaderLetsGo(String how) throws Exception {
    WineProcess app = attached();
    WineProcess reader = hold(how, "state\\attach.json");
    container.session(SessionFile.ofCrashes().disarmed("Stopped"));
    await().atMost(SOON).until(() -> container.log().contains("disarmed Stopped"));
    // It is tried for half a second each time.
    Path next = container.volume().resolve("state/attach.json.tmp");
    await().atMost(SOON).pollInterval(Duration.ofMillis(5)).until(() -> Files.exists(next));
    await().atMost(SOON).pollInterval(Duration.ofMillis(5)).until(() -> Files.notExists(next));
    AttachState meanwhile = container.state();

    release(reader);

    container.awaitPhase(AttachPhase.Disarmed);
    assertThat(meanwhile.phase()).as("it was in the way").isEqualTo(AttachPhase.Attached);
    await("no temporary file is left")
        .atMost(SOON)
        .until(() -> container.volume().resolve("state").toFile().list().length == 1);
    AppContainer.assertAlive(app);
  }

  @ParameterizedTest
  @ValueSource(strings = {"nio", "io"})
  void aSessionThatTheAgentHasOpenIsRead(String how) throws Exception {
    attached();
    WineProcess agent = hold(how, "control\\session.properties");

    // Into the file that is held, not another of its name.
    Files.writeString(
        container.volume().resolve("control/session.properties"),
        SessionFile.ofCrashes().disarmed("Stopped").text());

    container.awaitPhase(AttachPhase.Disarmed);
    AppContainer.assertAlive(agent);
  }

  @ParameterizedTest
  @ValueSource(strings = {"nio", "io"})
  void aLogThatTheAgentReadsIsShortened(String how) throws Exception {
    Path log = container.volume().resolve("logs/procdump.log");
    Files.write(log, new byte[2 * 1024 * 1024]);
    WineProcess agent = hold(how, "logs\\procdump.log");

    WineProcess app = attached();

    await().atMost(SOON).until(() -> Files.size(log) < 1024 * 1024);
    assertThat(container.volume().resolve("logs/procdump.log.1")).hasSize(65536);
    AppContainer.assertAlive(agent);
    AppContainer.assertAlive(app);
  }

  @ParameterizedTest
  @CsvSource({"nio, true", "io, false"})
  void aDumpThatTheAgentHasOpenIsMovedOrLeftWhole(String how, boolean moved) throws Exception {
    // Long enough for a Java to start beside it.
    container.environment(Map.of("PROCDUMP_STANDIN_DELAY_MS", "20000"));
    container.session(SessionFile.ofCrashes());
    WineProcess app = container.appOnSignal("av");
    container.supervise();
    container.awaitPhase(AttachPhase.Attached);
    container.signal("av");
    container.awaitState("dump begun", s -> container.procdumpLog().contains("Dump 1 writing"));
    Path folder = container.incoming().get(0);
    String name = folder.toFile().list()[0];
    WineProcess agent = hold(how, "dumps\\incoming\\" + folder.getFileName() + "\\" + name);

    assertThat(app.await(Duration.ofMinutes(2))).isEqualTo(new WineExit.Exited(0xC0000005));
    container.awaitState(
        "told", s -> !s.exits().isEmpty() && s.exits().get(0).dumps() == (moved ? 1 : 0));

    Path dump = folder.resolve(name);
    if (!moved) {
      await().atMost(SOON).until(() -> container.log().contains("cannot move"));
    }
    assertThat(container.ready()).hasSize(moved ? 1 : 0);
    assertThat(Wholeness.of(moved ? container.ready().get(0) : dump).state())
        .isEqualTo(Wholeness.State.WHOLE);
    AppContainer.assertAlive(agent);
  }

  private WineProcess attached() throws Exception {
    container.session(SessionFile.ofCrashes());
    WineProcess app = container.app();
    container.supervise();
    container.awaitPhase(AttachPhase.Attached);
    return app;
  }

  private void release(WineProcess reader) throws Exception {
    Files.createFile(container.folder().resolve("classes/release"));
    reader.await(SOON);
  }

  private WineProcess hold(String how, String file) throws Exception {
    WineProcess java =
        container.start(
            "C:\\jre\\bin\\java.exe",
            "-Xshare:auto",
            "-XX:TieredStopAtLevel=1",
            "-cp",
            "C:\\classes",
            HoldsFile.class.getName(),
            how,
            "C:\\crash-monitor\\" + file,
            "C:\\classes\\release");
    await().atMost(SOON).until(() -> container.output(java).contains("holds"));
    return java;
  }
}
