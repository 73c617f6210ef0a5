package io.crashmonitor.sidecar.attach;

import static io.crashmonitor.sidecar.attach.AppContainer.SOON;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.crashmonitor.testbed.wine.WindowsPath;
import io.crashmonitor.testbed.wine.WineExit;
import io.crashmonitor.testbed.wine.WineProcess;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The sidecar container's entry process, its probe and its end. */
class SidecarIT {
  private static final String AGENT = "C:\\agent\\attach.exe";

  private Path image;
  @RegisterExtension final AppContainer container = AppContainer.bare();

  @BeforeEach
  void open() throws Exception {
    image = Files.createDirectories(container.folder().resolve("image"));
    Files.copy(AppContainer.HELPER, image.resolve("attach.exe"));
    Files.copy(AppContainer.PROGRAMS.resolve("procdump64.exe"), image.resolve("procdump64.exe"));
    container.environment(Map.of("CRASH_MONITOR_AGENT_JAVA", "none"));
  }

  @Test
  void makesTheFoldersCopiesTheToolsAndTurnsReady() throws Exception {
    addImage();
    assertThat(ready()).isEqualTo(1);

    sidecar();
    awaitReady();

    for (String name : new String[] {"control", "state", "logs", "dumps/incoming", "dumps/ready"}) {
      assertThat(container.volume().resolve(name)).isDirectory();
    }
    for (String tool : new String[] {"attach.exe", "procdump64.exe"}) {
      assertThat(container.volume().resolve("bin").resolve(tool))
          .hasSameBinaryContentAs(image.resolve(tool));
    }
  }

  @Test
  void takesBackTheReadinessOfTheContainerBeforeWhileItCopies() throws Exception {
    Path ready = container.volume().resolve("state/ready");
    Files.createDirectories(ready.getParent());
    Files.writeString(ready, "of a container before");
    try (RandomAccessFile large =
        new RandomAccessFile(image.resolve("procdump64.exe").toFile(), "rw")) {
      large.setLength(300L << 20);
    }
    addImage();

    sidecar();

    Path copying = container.volume().resolve("bin/procdump64.exe.new");
    await().atMost(SOON).pollInterval(Duration.ofMillis(5)).until(() -> Files.exists(copying));
    assertThat(ready).doesNotExist();
    await().atMost(SOON).until(() -> Files.exists(ready));
  }

  @Test
  void renewsToolsOfAnotherRelease() throws Exception {
    Path installed = container.volume().resolve("bin/procdump64.exe");
    Files.createDirectories(installed.getParent());
    Files.writeString(installed, "an older one");
    addImage();

    sidecar();
    awaitReady();

    assertThat(installed).hasSameBinaryContentAs(image.resolve("procdump64.exe"));
  }

  @Test
  void renewsAToolThatTheApplicationsContainerRuns() throws Exception {
    Path installed = container.volume().resolve("bin/attach.exe");
    Files.createDirectories(installed.getParent());
    Files.write(installed, Files.readAllBytes(AppContainer.HELPER));
    Files.write(installed, new byte[1], StandardOpenOption.APPEND);
    WineProcess running = container.supervise();
    addImage();

    sidecar();
    awaitReady();

    assertThat(installed).hasSameBinaryContentAs(image.resolve("attach.exe"));
    assertThat(running.isAlive()).isTrue();
  }

  @Test
  void startsWithoutProcDumpInItsImage() throws Exception {
    Files.delete(image.resolve("procdump64.exe"));
    addImage();

    WineProcess sidecar = sidecar();
    awaitReady();

    assertThat(container.output(sidecar)).contains("cannot copy");
    assertThat(sidecar.isAlive()).isTrue();
  }

  @Test
  void startsAgentsAgainAndAgainWithoutEndingItself() throws Exception {
    addAgent("crasher.exe");
    container.environment(Map.of());

    // The sample application does not know "@java.options" and ends with 2.
    WineProcess sidecar = sidecar();

    await().atMost(SOON).until(() -> container.output(sidecar).contains("starts again in 4 s"));
    assertThat(container.output(sidecar)).contains("agent ended with 0x00000002");
    assertThat(sidecar.isAlive()).isTrue();
  }

  @Test
  void letsTheApplicationStartOnceItIsKnownWhatToDo() throws Exception {
    addAgent("crasher.exe");
    container.environment(Map.of());
    Path session = container.volume().resolve("control/session.properties");
    WineProcess sidecar = sidecar();
    await().atMost(SOON).until(() -> container.output(sidecar).contains("agent started"));
    Files.writeString(session, SessionFile.ofCrashes().disarmed("Unknown").text());
    assertThat(ready()).isEqualTo(1);

    Files.writeString(session, SessionFile.ofCrashes().text());

    awaitReady();
    assertThat(container.output(sidecar)).doesNotContain("without word");
  }

  @Test
  void letsTheApplicationStartAfterTenSecondsWhateverHappened() throws Exception {
    addAgent("crasher.exe");
    container.environment(Map.of());

    WineProcess sidecar = sidecar();

    await().atMost(Duration.ofSeconds(20)).until(() -> ready() == 0);
    await()
        .atMost(SOON)
        .until(
            () ->
                container
                    .output(sidecar)
                    .contains("ready, without word of the session after 10 s"));
  }

  @Test
  void letsTheApplicationStartWhereNothingCanBeWritten() throws Exception {
    Files.writeString(container.volume().resolve("state"), "a file in the folder's place");
    addImage();

    WineProcess sidecar = sidecar();

    await().atMost(Duration.ofSeconds(20)).until(() -> ready() == 0);
    await().atMost(SOON).until(() -> container.output(sidecar).contains("cannot write"));
  }

  @Test
  void forgetsTheEndOfTheContainerBefore() throws Exception {
    Path drain = container.volume().resolve("control/drain");
    Path end = container.volume().resolve("control/end");
    Files.createDirectories(drain.getParent());
    Files.writeString(drain, "of a container before");
    Files.writeString(end, "of a container before");
    addImage();

    sidecar();
    awaitReady();

    assertThat(drain).doesNotExist();
    assertThat(end).doesNotExist();
  }

  @Test
  void drainWaitsUntilTheAgentHasRemovedTheMark() throws Exception {
    addImage();
    sidecar();
    awaitReady();
    WineProcess drain = container.start(AGENT, "drain");
    Path mark = container.volume().resolve("control/drain");
    await().atMost(SOON).until(() -> Files.exists(mark));
    assertThat(drain.isAlive()).isTrue();

    Files.delete(mark);

    assertThat(drain.await(Duration.ofSeconds(5))).isEqualTo(new WineExit.Exited(0));
  }

  @Test
  void drainIsBounded() throws Exception {
    addImage();
    sidecar();
    awaitReady();
    Instant begun = Instant.now();

    WineExit end = container.start(AGENT, "drain", "--seconds", "3").await(SOON);

    assertThat(end).isEqualTo(new WineExit.Exited(0));
    assertThat(Duration.between(begun, Instant.now()))
        .isBetween(Duration.ofMillis(2900), Duration.ofSeconds(6));
  }

  @Test
  void drainIsBoundedByWhatTheSessionSaysAndTheAgentsLastWords() throws Exception {
    addImage();
    sidecar();
    awaitReady();
    Files.writeString(
        container.volume().resolve("control/session.properties"),
        SessionFile.ofCrashes().text() + "drain.seconds=1\n");
    Instant begun = Instant.now();

    WineExit end = container.start(AGENT, "drain").await(SOON);

    assertThat(end).isEqualTo(new WineExit.Exited(0));
    assertThat(Duration.between(begun, Instant.now()))
        .isBetween(Duration.ofMillis(4900), Duration.ofSeconds(20));
  }

  @Test
  void drainDoesNotWaitForAnAgentThatIsNotThere() throws Exception {
    Files.createDirectories(container.volume().resolve("control"));
    addImage();
    Instant begun = Instant.now();

    WineExit end = container.start(AGENT, "drain").await(SOON);

    assertThat(end).isEqualTo(new WineExit.Exited(0));
    assertThat(Duration.between(begun, Instant.now())).isLessThan(Duration.ofSeconds(40));
  }

  @Test
  void tellsTheAgentOfTheEndAndEndsAfterIt() throws Exception {
    addAgent("agent.exe");
    container.environment(Map.of());
    WineProcess sidecar = sidecar();
    await().atMost(SOON).until(() -> container.output(sidecar).contains("agent runs"));

    askToEnd(sidecar);

    assertThat(sidecar.await(SOON)).isEqualTo(new WineExit.Exited(0));
    assertThat(container.output(sidecar)).contains("agent ends", "agent ended with 0x00000000");
  }

  @Test
  void waitsForADeafAgentAsLongAsTheSessionSaysAndItsLastWordsTake() throws Exception {
    addAgent("agent.exe");
    container.environment(Map.of("AGENT_DEAF", "1"));
    WineProcess sidecar = sidecar();
    await().atMost(SOON).until(() -> container.output(sidecar).contains("agent runs"));
    Files.writeString(
        container.volume().resolve("control/session.properties"),
        SessionFile.ofCrashes().text() + "drain.seconds=2\n");

    askToEnd(sidecar);

    assertThat(sidecar.await(SOON)).isEqualTo(new WineExit.Exited(0));
    assertThat(container.output(sidecar)).contains("agent has not ended within 6 s");
  }

  @Test
  void waitsNotLongForAnAgentThatItCannotTell() throws Exception {
    addAgent("agent.exe");
    container.environment(Map.of());
    WineProcess sidecar = sidecar();
    await().atMost(SOON).until(() -> container.output(sidecar).contains("agent runs"));
    Files.createDirectories(container.volume().resolve("control/end/taken"));

    askToEnd(sidecar);

    assertThat(sidecar.await(SOON)).isEqualTo(new WineExit.Exited(0));
    assertThat(container.output(sidecar))
        .contains("cannot write C:\\crash-monitor\\control\\end", "not ended within 2 s");
  }

  @Test
  void waitsAtTheEndForAnAgentThatIsNotItsChild() throws Exception {
    addImage();
    WineProcess sidecar = sidecar();
    awaitReady();
    Path end = container.volume().resolve("control/end");

    askToEnd(sidecar);

    await().atMost(SOON).until(() -> Files.exists(end));
    assertThat(sidecar.isAlive()).isTrue();
    Files.delete(end);
    assertThat(sidecar.await(SOON)).isEqualTo(new WineExit.Exited(0));
  }

  @Test
  void keepsTheAgentOffTheConsoleThatTellsOfTheEnd() throws Exception {
    addAgent("agent.exe");
    container.environment(Map.of());

    WineProcess console =
        container.start("C:\\app\\agent.exe", "--console", "C:\\agent\\attach.exe sidecar");

    await().atMost(SOON).until(() -> container.output(console).contains("agent runs"));
    assertThat(container.output(console)).contains("without a console");
  }

  @Test
  void refusesAVerbItDoesNotKnow() throws Exception {
    addImage();

    WineProcess run = container.start(AGENT, "attack");

    assertThat(run.await(SOON)).isEqualTo(new WineExit.Exited(2));
    assertThat(container.output(run)).contains("there is no verb attack", "usage: attach.exe");
  }

  private WineProcess sidecar() {
    return container.start(AGENT, "sidecar");
  }

  private int ready() throws Exception {
    return ((WineExit.Exited) container.start(AGENT, "ready").await(SOON)).code();
  }

  private void awaitReady() {
    await().atMost(SOON).until(() -> ready() == 0);
  }

  private void askToEnd(WineProcess sidecar) {
    container.prefix().askToEnd(sidecar, container.folder().resolve("stop.log"));
  }

  /**
   * The image with a program in Java's place: one that ends at once, as it does not know Java's
   * options, or one that lives as the agent does.
   */
  private void addAgent(String program) throws IOException {
    Path java = Files.createDirectories(image.resolve("jre/bin")).resolve("java.exe");
    Files.copy(AppContainer.PROGRAMS.resolve(program), java);
    addImage();
  }

  private void addImage() throws IOException {
    container.prefix().add(image, WindowsPath.of("C:\\agent"));
  }
}
