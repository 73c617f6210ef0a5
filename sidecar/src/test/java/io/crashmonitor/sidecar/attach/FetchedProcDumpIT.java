package io.crashmonitor.sidecar.attach;

import static io.crashmonitor.sidecar.attach.AppContainer.SOON;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.crashmonitor.testbed.wine.WindowsPath;
import io.crashmonitor.testbed.wine.WineExit;
import io.crashmonitor.testbed.wine.WineProcess;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The sidecar's entry process where the image has no ProcDump and the agent fetches it. */
class FetchedProcDumpIT {
  private static final String ATTACH = "C:\\agent\\attach.exe";

  @RegisterExtension final AppContainer container = AppContainer.bare();

  @BeforeEach
  void open() throws Exception {
    Path image = Files.createDirectories(container.folder().resolve("image"));
    Path java = Files.createDirectories(image.resolve("jre/bin")).resolve("java.exe");
    // In Java's place a program that ends at once: what the agent would do, the test does.
    Files.copy(AppContainer.PROGRAMS.resolve("crasher.exe"), java);
    Files.copy(AppContainer.HELPER, image.resolve("attach.exe"));
    container.prefix().add(image, WindowsPath.of("C:\\agent"));
    container.environment(
        Map.of("CRASH_MONITOR_PROCDUMP_URL", "https://tools.example/procdump.zip"));
  }

  @Test
  void letsTheApplicationStartOnceProcDumpIsThere() throws Exception {
    WineProcess sidecar = sidecarThatKnowsItsSession();

    Files.copy(
        AppContainer.PROGRAMS.resolve("procdump64.exe"),
        container.volume().resolve("bin/procdump64.exe"));

    await().atMost(SOON).until(() -> ready() == 0);
    assertThat(container.output(sidecar)).doesNotContain("cannot copy");
  }

  @Test
  void letsTheApplicationStartWithoutItAfterTenSeconds() throws Exception {
    WineProcess sidecar = sidecarThatKnowsItsSession();

    await().atMost(SOON).until(() -> ready() == 0);
    await()
        .atMost(SOON)
        .until(() -> container.output(sidecar).contains("ready, without ProcDump after 10 s"));
  }

  private WineProcess sidecarThatKnowsItsSession() throws Exception {
    WineProcess sidecar = container.start(ATTACH, "sidecar");
    await().atMost(SOON).until(() -> container.output(sidecar).contains("agent started"));
    Files.writeString(
        container.volume().resolve("control/session.properties"), SessionFile.ofCrashes().text());
    return sidecar;
  }

  private int ready() throws Exception {
    return ((WineExit.Exited) container.start(ATTACH, "ready").await(Duration.ofSeconds(30)))
        .code();
  }
}
