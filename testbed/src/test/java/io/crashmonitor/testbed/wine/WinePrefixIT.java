package io.crashmonitor.testbed.wine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.crashmonitor.testbed.controlplane.Provisioned;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WinePrefixIT {
  private static final Duration SOON = Duration.ofMinutes(2);
  private static final Path CRASHER = Path.of("target/native").toAbsolutePath();
  private static final WindowsPath APP = WindowsPath.of("C:\\app");

  @TempDir Path folder;
  private WinePrefixes prefixes;
  private Path output;

  @BeforeEach
  void open() {
    prefixes =
        WinePrefixes.open(WineInstallation.from(Provisioned.load()), folder.resolve("prefixes"));
    output = folder.resolve("output.log");
  }

  @AfterEach
  void close() {
    prefixes.close();
    assertThat(folder.resolve("prefixes")).doesNotExist();
  }

  @Test
  void givesAllThirtyTwoBitsOfTheExitCodeOfACrash() throws Exception {
    WinePrefix prefix = prefixes.create("a", Services.NONE);
    prefix.add(CRASHER, APP);

    WineExit exit = run(prefix, "C:\\app\\crasher.exe", "--crash", "av", "--after", "50");

    assertThat(exit).isEqualTo(new WineExit.Exited(0xC0000005));
    assertThat(Files.readString(output)).isNotEmpty();
  }

  @Test
  void handsOnArgumentsEnvironmentAndWorkingFolder() throws Exception {
    WinePrefix prefix = prefixes.create("a", Services.NONE);
    WineCommand command =
        new WineCommand(
            List.of("cmd", "/d", "/c", "echo %GREETING%>here.txt& cd& exit /b -532462766"),
            Map.of("GREETING", "grüß dich"),
            WindowsPath.of("C:\\Work"),
            output);

    WineExit exit = prefix.start(command).await(SOON);

    assertThat(exit).isEqualTo(new WineExit.Exited(-532462766));
    assertThat(prefix.driveC().resolve("Work/here.txt")).isNotEmptyFile();
    assertThat(Files.readString(output)).contains("C:\\Work");
  }

  @Test
  void saysThatAProgramIsNotThere() throws Exception {
    WinePrefix prefix = prefixes.create("a", Services.NONE);

    assertThat(run(prefix, "C:\\app\\missing.exe")).isEqualTo(new WineExit.NotStarted(2));
  }

  @Test
  void asksAProgramToEndAsAContainersRuntimeDoes() throws Exception {
    WinePrefix prefix = prefixes.create("a", Services.NONE);
    prefix.add(CRASHER, APP);
    String[] handling = {"C:\\app\\crasher.exe", "--crash", "custom:E0000007", "--on-stop"};
    WineProcess handles = prefix.start(WineCommand.of(output, handling));
    await().atMost(SOON).until(() -> hasStarted(output));
    WineProcess bare =
        prefix.start(WineCommand.of(folder.resolve("bare.log"), "C:\\app\\crasher.exe"));
    await().atMost(SOON).until(() -> hasStarted(folder.resolve("bare.log")));

    handles.awaitStart(SOON);
    bare.awaitStart(SOON);

    assertThat(prefix.askToEnd(handles, output)).isPresent();
    assertThat(prefix.askToEnd(bare, output)).isPresent();

    assertThat(handles.await(SOON)).isEqualTo(new WineExit.Exited(0xE0000007));
    assertThat(bare.await(SOON)).isEqualTo(new WineExit.Exited(0));
    assertThat(prefix.askToEnd(bare, output)).isEmpty();
  }

  private static boolean hasStarted(Path log) throws Exception {
    return Files.exists(log) && Files.readString(log).contains("started");
  }

  @Test
  void keepsTheProcessesOfOnePrefixFromAnother() throws Exception {
    WinePrefix one = prefixes.create("one", Services.NONE);
    WinePrefix other = prefixes.create("other", Services.NONE);
    one.add(CRASHER, APP);
    WineProcess crasher =
        one.start(WineCommand.of(folder.resolve("crasher.log"), "C:\\app\\crasher.exe", "--quiet"));
    await().atMost(SOON).until(() -> crasher.pid().isPresent());
    String[] killByName = {"taskkill", "/f", "/im", "crasher.exe"};

    WineExit fromOther = run(other, killByName);
    boolean survivedOther = crasher.isAlive();
    WineExit fromItsOwn = run(one, killByName);

    assertThat(survivedOther).isTrue();
    assertThat(fromOther).isEqualTo(new WineExit.Exited(128));
    assertThat(fromItsOwn).isEqualTo(new WineExit.Exited(0));
    assertThat(crasher.await(SOON)).isInstanceOf(WineExit.Exited.class);
  }

  @Test
  void sharesAMountedFolder() throws Exception {
    Path volume = Files.createDirectory(folder.resolve("volume"));
    WinePrefix one = prefixes.create("one", Services.NONE);
    WinePrefix other = prefixes.create("other", Services.NONE);
    one.mount(volume, WindowsPath.of("C:\\crash-monitor"));
    other.mount(volume, WindowsPath.of("C:\\Crash-Monitor"));

    run(
        one,
        "cmd",
        "/d",
        "/c",
        "mkdir C:\\crash-monitor\\bin & echo hello>C:\\crash-monitor\\bin\\a.txt");
    run(other, "cmd", "/d", "/c", "type C:\\crash-monitor\\bin\\a.txt");

    assertThat(Files.readString(output)).contains("hello");
    other.close();
    assertThat(volume.resolve("bin/a.txt")).exists();
  }

  @RepeatedTest(5)
  void runsProgramsThatStartAtOnce() throws Exception {
    WinePrefix prefix = prefixes.create("a", Services.DEVICES);
    String server = Files.readString(prefix.driveC().resolveSibling("wineserver"));
    WineCommand command = WineCommand.of(output, "cmd", "/d", "/c", "exit /b 3");
    List<WineProcess> programs = List.of(prefix.start(command), prefix.start(command));

    for (WineProcess program : programs) {
      assertThat(program.await(SOON)).isEqualTo(new WineExit.Exited(3));
    }
    assertThat(prefix.driveC().resolveSibling("wineserver")).hasContent(server);
  }

  @Test
  void endsEverythingAtOnceWhenItIsKilled() throws Exception {
    WinePrefix prefix = prefixes.create("a", Services.DEVICES);
    prefix.add(CRASHER, APP);
    WineProcess first = prefix.start(WineCommand.of(output, "C:\\app\\crasher.exe", "--child"));
    WineProcess second = prefix.start(WineCommand.of(output, "C:\\app\\crasher.exe"));
    await().atMost(SOON).until(() -> first.pid().isPresent() && second.pid().isPresent());

    prefix.kill();

    assertThat(prefix.processes()).isZero();
    assertThat(first.await(SOON)).isInstanceOf(WineExit.Killed.class);
    assertThat(second.await(SOON)).isInstanceOf(WineExit.Killed.class);
  }

  @Test
  void leavesNothingBehindWhenTheJvmIsKilled() throws Exception {
    Path abandoned = folder.resolve("abandoned");
    Process jvm =
        new ProcessBuilder(
                ProcessHandle.current().info().command().orElseThrow(),
                "-cp",
                System.getProperty("java.class.path"),
                Abandoning.class.getName(),
                abandoned.toString(),
                CRASHER.toString())
            .inheritIO()
            .start();
    await().atMost(SOON).until(() -> Files.exists(abandoned.resolve("started")));
    assertThat(MarkedProcesses.with(WinePrefixes.MARKER, abandoned.toString())).isNotEmpty();

    jvm.destroyForcibly();

    await()
        .atMost(SOON)
        .until(() -> MarkedProcesses.with(WinePrefixes.MARKER, abandoned.toString()).isEmpty());
    await().atMost(SOON).until(() -> !Files.exists(abandoned));
  }

  /** A program that never closes its prefixes: the test above kills it. */
  static final class Abandoning {
    public static void main(String[] arguments) throws Exception {
      Path folder = Path.of(arguments[0]);
      WinePrefixes prefixes = WinePrefixes.open(WineInstallation.from(Provisioned.load()), folder);
      WinePrefix prefix = prefixes.create("a", Services.NONE);
      prefix.add(Path.of(arguments[1]), APP);
      WineProcess crasher =
          prefix.start(WineCommand.of(folder.resolve("log"), "C:\\app\\crasher.exe", "--quiet"));
      crasher.awaitStart(SOON);
      Files.createFile(folder.resolve("started"));
      crasher.await(Duration.ofHours(1));
    }
  }

  private WineExit run(WinePrefix prefix, String... arguments) throws Exception {
    return prefix.start(WineCommand.of(output, arguments)).await(SOON);
  }
}
