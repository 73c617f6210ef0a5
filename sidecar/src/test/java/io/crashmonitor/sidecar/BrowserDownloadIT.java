package io.crashmonitor.sidecar;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.crashmonitor.minidump.AnalysisOptions;
import io.crashmonitor.minidump.MinidumpAnalyzer;
import io.crashmonitor.minidump.reader.Wholeness;
import io.crashmonitor.testbed.controlplane.Provisioned;
import io.crashmonitor.testbed.controlplane.ServerProcess;
import io.crashmonitor.testbed.controlplane.Tool;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * What a person gets who opens the link of a compressed dump in a browser: a plain {@code .dmp},
 * ready for a debugger.
 */
class BrowserDownloadIT extends AgentWithStorage {
  private static final String BLOB = "Checkout.exe_5_C0000005_20261122_080100.dmp.gz";

  @Test
  void aCompressedDumpArrivesAsAPlainOne() throws Exception {
    Provisioned tools = Provisioned.load();
    assumeTrue(
        tools.find(Tool.BROWSER).isPresent(),
        "no browser is here: testbed/provision.sh browser says why");
    // given
    TestDump dump = TestDump.of(5, START, UNHANDLED).padded(9_000_000);
    operator.decide = offer -> store.grant(BLOB);
    operator.confirm = (id, completion) -> store.verdict(BLOB, completion);
    Path file = dump.ready(folder, 5, START, 1);
    start(Duration.ofSeconds(55));
    patiently().until(() -> Files.notExists(file));
    assertThat(store.stored(BLOB)).hasSizeLessThan(dump.bytes().length);
    // when
    Path downloads = Files.createDirectories(folder.resolve("downloads"));
    try (ServerProcess browser = browse(tools.path(Tool.BROWSER), store.link(BLOB), downloads)) {
      patiently()
          .atMost(Duration.ofMinutes(2))
          .failFast("the browser ended, see its log", () -> !browser.isAlive())
          .until(() -> files(downloads).stream().anyMatch(name -> name.endsWith(".dmp")));
    }
    // then
    assertThat(files(downloads)).containsExactly(BLOB.replace(".gz", ""));
    Path downloaded = downloads.resolve(BLOB.replace(".gz", ""));
    assertThat(downloaded).hasBinaryContent(dump.bytes());
    assertThat(Wholeness.of(downloaded)).returns(true, Wholeness::whole);
    assertThat(MinidumpAnalyzer.analyze(downloaded, AnalysisOptions.defaults()).exception().code())
        .isEqualTo("0xC0000005");
  }

  /** A browser with a profile of its own, in which a link that is a download is downloaded. */
  private ServerProcess browse(Path browser, String link, Path downloads) throws IOException {
    Path profile = Files.createDirectories(folder.resolve("profile"));
    Files.writeString(
        Files.createDirectories(profile.resolve("Default")).resolve("Preferences"),
        """
        {"download": {"default_directory": "%1$s", "prompt_for_download": false},
         "savefile": {"default_directory": "%1$s"}}
        """
            .formatted(downloads));
    List<String> command =
        new ArrayList<>(
            List.of(
                browser.toString(),
                "--headless=new",
                "--disable-gpu",
                "--disable-dev-shm-usage",
                "--no-first-run",
                "--user-data-dir=" + profile));
    if (System.getProperty("user.name").equals("root")) {
      command.add("--no-sandbox");
    }
    command.add(link);
    return ServerProcess.start("browser", command, Map.of(), folder);
  }

  private static List<String> files(Path folder) {
    try (Stream<Path> files = Files.list(folder)) {
      return files.map(file -> file.getFileName().toString()).toList();
    } catch (IOException e) {
      return List.of();
    }
  }
}
