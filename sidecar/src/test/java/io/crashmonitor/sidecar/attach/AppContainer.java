package io.crashmonitor.sidecar.attach;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.crashmonitor.agent.AttachPhase;
import io.crashmonitor.testbed.controlplane.Provisioned;
import io.crashmonitor.testbed.controlplane.Tool;
import io.crashmonitor.testbed.wine.Services;
import io.crashmonitor.testbed.wine.WindowsPath;
import io.crashmonitor.testbed.wine.WineCommand;
import io.crashmonitor.testbed.wine.WineExit;
import io.crashmonitor.testbed.wine.WineInstallation;
import io.crashmonitor.testbed.wine.WinePrefix;
import io.crashmonitor.testbed.wine.WinePrefixes;
import io.crashmonitor.testbed.wine.WineProcess;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.TestExecutionExceptionHandler;

/**
 * An application's container, one for each test: a process space of its own, the sample application
 * in {@code C:\app}, the shared folder at {@code C:\crash-monitor}. A test that fails tells the
 * helper's log.
 */
final class AppContainer
    implements BeforeEachCallback, AfterEachCallback, TestExecutionExceptionHandler {
  static final Duration SOON = Duration.ofSeconds(30);
  static final String ATTACH = "C:\\crash-monitor\\bin\\attach.exe";
  static final String SIGNALS = "C:\\signals";
  static final String CRASHER = "C:\\app\\crasher.exe";
  static final String PROCDUMP = "C:\\app\\procdump64.exe";

  private static final Path ROOT = Path.of(System.getProperty("crashmonitor.root"));
  static final Path HELPER = ROOT.resolve("sidecar/target/native/attach.exe");
  static final Path PROGRAMS = ROOT.resolve("testbed/target/native");

  private final boolean withTools;
  private final boolean with32Bit;
  private final List<WineProcess> started = new ArrayList<>();
  private Map<String, String> environment = Map.of();
  private Path folder;
  private Path volume;
  private WinePrefixes prefixes;
  private WinePrefix prefix;

  private AppContainer(boolean withTools, boolean with32Bit) {
    this.withTools = withTools;
    this.with32Bit = with32Bit;
  }

  /** With the shared folder as the sidecar leaves it. */
  static AppContainer prepared() {
    return new AppContainer(true, false);
  }

  /** The same where 32-bit programs can be run, too; elsewhere its tests are skipped. */
  static AppContainer preparedFor32Bit() {
    return new AppContainer(true, true);
  }

  /** With an empty shared folder. */
  static AppContainer bare() {
    return new AppContainer(false, false);
  }

  @Override
  public void beforeEach(ExtensionContext context) throws IOException {
    Provisioned tools = Provisioned.load();
    assumeTrue(
        tools.find(Tool.WINE).isPresent() && tools.find(Tool.WINE_TEMPLATE).isPresent(),
        "Wine is not here: testbed/provision.sh wine brings it");
    assumeTrue(
        Files.exists(HELPER) && Files.exists(PROGRAMS.resolve("crasher.exe")),
        "the Windows programs are not built: gcc-mingw-w64-x86-64 is missing");
    assumeTrue(
        !with32Bit
            || tools.find(Tool.WINE32).isPresent()
                && Files.exists(PROGRAMS.resolve("crasher32.exe")),
        "32-bit programs cannot be built or run: testbed/provision.sh wine32 says why");
    folder = Files.createTempDirectory("crash-monitor-app");
    WineInstallation wine =
        with32Bit ? WineInstallation.with32Bit(tools) : WineInstallation.from(tools);
    prefixes = WinePrefixes.open(wine, folder.resolve("prefixes"));
    prefix = prefixes.create("app", Services.NONE);
    volume = Files.createDirectories(folder.resolve("volume"));
    prefix.mount(volume, WindowsPath.of("C:\\crash-monitor"));
    prefix.mount(Files.createDirectories(folder.resolve("signals")), WindowsPath.of(SIGNALS));
    prefix.add(PROGRAMS, WindowsPath.of("C:\\app"));
    if (withTools) {
      addTools();
    }
  }

  private void addTools() throws IOException {
    for (String name :
        List.of("bin", "control", "state", "logs", "dumps/incoming", "dumps/ready")) {
      Files.createDirectories(volume.resolve(name));
    }
    Files.copy(HELPER, volume.resolve("bin/attach.exe"));
    Files.copy(PROGRAMS.resolve("procdump64.exe"), volume.resolve("bin/procdump64.exe"));
  }

  @Override
  public void handleTestExecutionException(ExtensionContext context, Throwable failure)
      throws Throwable {
    failure.addSuppressed(new AssertionError("The helper's log:\n" + log()));
    throw failure;
  }

  @Override
  public void afterEach(ExtensionContext context) throws IOException {
    if (prefixes != null) {
      prefixes.close();
    }
    if (folder != null) {
      try (Stream<Path> all = Files.walk(folder)) {
        all.sorted(Comparator.reverseOrder()).map(Path::toFile).forEach(File::delete);
      }
    }
  }

  /** Variables of every program started from now on. */
  AppContainer environment(Map<String, String> variables) {
    environment = variables;
    return this;
  }

  WineProcess start(String... arguments) {
    Path output = folder.resolve("output-" + started.size() + ".log");
    WineProcess process =
        prefix.start(WineCommand.of(output, arguments).withEnvironment(environment));
    started.add(process);
    await().atMost(SOON).until(() -> process.pid().isPresent() || !process.isAlive());
    return process;
  }

  /** The sample application, by its own name or another. */
  WineProcess app(String... options) {
    return start(Stream.concat(Stream.of(CRASHER), Stream.of(options)).toArray(String[]::new));
  }

  /**
   * The sample application that ends in its way once {@link #signal} comes: never before the test
   * is ready for it.
   */
  WineProcess appOnSignal(String kind, String... options) {
    return app(Stream.concat(Stream.of(options), onSignal(kind).stream()).toArray(String[]::new));
  }

  /** The sample application started by the helper. */
  WineProcess launch(List<String> options) {
    List<String> command = List.of(ATTACH, "launch", "--", CRASHER);
    return start(Stream.concat(command.stream(), options.stream()).toArray(String[]::new));
  }

  /** The same, as {@link #appOnSignal} has it end. */
  WineProcess launchOnSignal(String kind) {
    return launch(onSignal(kind));
  }

  /** Has one process end that waits to end in this way. */
  void signal(String kind) throws IOException {
    Files.createFile(folder.resolve("signals").resolve(fileName(kind)));
  }

  /** Options of the sample application: to end in this way once {@link #signal} comes. */
  static List<String> onSignal(String kind) {
    return List.of("--crash", kind, "--when", SIGNALS + "\\" + fileName(kind));
  }

  private static String fileName(String kind) {
    return kind.replace(":", "-");
  }

  WinePrefix prefix() {
    return prefix;
  }

  String output(WineProcess process) throws IOException {
    return Files.readString(folder.resolve("output-" + started.indexOf(process) + ".log"));
  }

  WineProcess supervise() {
    return start(ATTACH, "supervise");
  }

  /** As the kubelet runs the hook that the operator injects. */
  WineExit hook() throws Exception {
    return start("cmd", "/d", "/c", ATTACH + " hook >nul 2>&1 & exit /b 0").await(SOON);
  }

  void session(SessionFile session) throws IOException {
    sessionText(session.text());
  }

  void sessionText(String text) throws IOException {
    Path half = volume.resolve("control/session.properties.half");
    Files.writeString(half, text);
    Files.move(
        half,
        volume.resolve("control/session.properties"),
        StandardCopyOption.ATOMIC_MOVE,
        StandardCopyOption.REPLACE_EXISTING);
  }

  AttachState state() {
    return AttachState.read(volume.resolve("state/attach.json"));
  }

  AttachState awaitState(String what, Predicate<AttachState> condition) {
    try {
      return await(what).atMost(SOON).until(this::state, condition);
    } catch (RuntimeException e) {
      throw new AssertionError(what + " not reached: " + state(), e);
    }
  }

  AttachState awaitPhase(AttachPhase phase) {
    return awaitState(phase.name(), state -> state.phase() == phase);
  }

  /** Finished dumps, in the order of their names. */
  List<Path> ready() {
    return files("dumps/ready");
  }

  List<Path> incoming() {
    return files("dumps/incoming");
  }

  /** Of this test; deleted after it. */
  Path folder() {
    return folder;
  }

  Path volume() {
    return volume;
  }

  String log() {
    return read("logs/attach.log");
  }

  String procdumpLog() {
    return read("logs/procdump.log");
  }

  static void assertAlive(WineProcess app) {
    assertThat(app.isAlive()).as("the application lives").isTrue();
  }

  private String read(String name) {
    try {
      Path file = volume.resolve(name);
      return Files.exists(file) ? Files.readString(file) : "";
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private List<Path> files(String name) {
    try (Stream<Path> entries = Files.list(volume.resolve(name))) {
      return entries.sorted().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
