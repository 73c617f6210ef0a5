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
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The sidecar's helper in a volume that somebody in the application's container has changed. */
class HostileVolumeIT {
  private static final String AGENT = "C:\\agent\\attach.exe";

  @RegisterExtension final AppContainer container = AppContainer.bare();

  @BeforeEach
  void addImage() throws Exception {
    Path image = Files.createDirectories(container.folder().resolve("image"));
    Files.copy(AppContainer.HELPER, image.resolve("attach.exe"));
    Files.copy(AppContainer.PROGRAMS.resolve("procdump64.exe"), image.resolve("procdump64.exe"));
    container.prefix().add(image, WindowsPath.of("C:\\agent"));
    container.environment(Map.of("CRASH_MONITOR_AGENT_JAVA", "none"));
  }

  @ParameterizedTest
  @CsvSource({"bin, attach.exe", "state, ready", "control, drain", "dumps, notes.txt"})
  void touchesNothingBehindALinkAndLetsTheApplicationStart(String folder, String bait)
      throws Exception {
    Path outside = Files.createDirectory(container.folder().resolve("outside"));
    Files.writeString(outside.resolve(bait), "somebody else's");
    Files.createSymbolicLink(container.volume().resolve(folder), outside);

    WineProcess sidecar = container.start(AGENT, "sidecar");
    await().atMost(Duration.ofSeconds(20)).until(() -> exit("ready").equals(exited(0)));
    await().atMost(SOON).until(() -> container.output(sidecar).contains("sidecar: ready"));
    WineExit drain = exit("drain", "--seconds", "1");

    assertThat(drain).isEqualTo(exited(0));
    assertThat(container.output(sidecar)).contains("cannot make the folder");
    assertThat(outside.resolve(bait)).hasContent("somebody else's");
    assertThat(outside).isDirectoryNotContaining(p -> !p.endsWith(bait));
  }

  @Test
  void saysHowManyNamesAFileHas() throws Exception {
    Path ready = Files.createDirectories(container.volume().resolve("dumps/ready"));
    Path dump = Files.writeString(ready.resolve("5_1_1.dmp"), "a dump");
    String file = "C:\\crash-monitor\\dumps\\ready\\5_1_1.dmp";
    assertThat(exit("links", file)).isEqualTo(exited(1));

    Files.createLink(container.folder().resolve("another name"), dump);

    assertThat(exit("links", file)).isEqualTo(exited(2));
    assertThat(exit("links", "C:\\crash-monitor\\dumps\\ready")).isEqualTo(exited(0));
    assertThat(exit("links", "C:\\crash-monitor\\missing.dmp")).isEqualTo(exited(0));
    assertThat(exit("links")).isEqualTo(exited(0));
  }

  private WineExit exit(String... verb) throws Exception {
    String[] command = new String[verb.length + 1];
    command[0] = AGENT;
    System.arraycopy(verb, 0, command, 1, verb.length);
    return container.start(command).await(SOON);
  }

  private static WineExit exited(int code) {
    return new WineExit.Exited(code);
  }
}
