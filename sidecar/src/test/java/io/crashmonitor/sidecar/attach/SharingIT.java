package io.crashmonitor.sidecar.attach;

import static io.crashmonitor.sidecar.attach.AppContainer.SOON;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.crashmonitor.agent.AttachPhase;
import io.crashmonitor.testbed.controlplane.Provisioned;
import io.crashmonitor.testbed.controlplane.Tool;
import io.crashmonitor.testbed.wine.WindowsPath;
import io.crashmonitor.testbed.wine.WineProcess;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
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
    container.session(SessionFile.ofCrashes());
    WineProcess app = container.app();
    container.supervise();
    container.awaitPhase(AttachPhase.Attached);
    WineProcess reader = hold(how, "C:\\crash-monitor\\state\\attach.json");
    container.session(SessionFile.ofCrashes().disarmed("Stopped"));
    await().atMost(SOON).until(() -> container.log().contains("disarmed Stopped"));

    Files.createFile(container.folder().resolve("classes/release"));
    reader.await(SOON);

    container.awaitPhase(AttachPhase.Disarmed);
    await("no temporary file is left")
        .atMost(SOON)
        .until(() -> container.volume().resolve("state").toFile().list().length == 1);
    AppContainer.assertAlive(app);
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
            file,
            "C:\\classes\\release");
    await().atMost(SOON).until(() -> container.output(java).contains("holds"));
    return java;
  }
}
