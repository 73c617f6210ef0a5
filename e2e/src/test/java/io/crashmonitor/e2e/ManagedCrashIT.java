package io.crashmonitor.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.crashmonitor.minidump.AnalysisOptions;
import io.crashmonitor.minidump.MinidumpAnalyzer;
import io.crashmonitor.minidump.report.CrashReport;
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
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Crashes a C# program on a real .NET Core 3.1 under Wine, dumps it as ProcDump does, and holds the
 * analysis of the dump to what the runtime itself printed of the same crash.
 */
class ManagedCrashIT {
  private static final Duration SOON = Duration.ofMinutes(4); // 15 s; 45 s on a busy machine
  private static final Path ROOT = Path.of(System.getProperty("crashmonitor.root"));
  private static final int CLR_EXCEPTION = 0xE0434352;

  /** What Wine's debugger, which it starts in the end, adds to the program's output. */
  private static final String WINE_DEBUGGER = "\nwine: Unhandled exception";

  @TempDir Path folder;
  private WinePrefixes prefixes;
  private WinePrefix prefix;

  @BeforeEach
  void open() throws Exception {
    Provisioned tools = Provisioned.load();
    Path runtime = ManagedApp.runtime(tools, Tool.DOTNET_WINDOWS);
    Path app = ManagedApp.build(tools, folder.resolve("app"));
    prefixes = WinePrefixes.open(WineInstallation.from(tools), folder.resolve("prefixes"));
    prefix = prefixes.create("app", Services.NONE);
    prefix.mount(runtime, WindowsPath.of("C:\\dotnet"));
    prefix.add(app, WindowsPath.of("C:\\app"));
    prefix.add(ROOT.resolve("testbed/target/native"), WindowsPath.of("C:\\tools"));
  }

  @AfterEach
  void close() {
    if (prefixes != null) {
      prefixes.close();
    }
  }

  /** What the runtime prints of the crash when nobody looks on. */
  private String printed(String kind) throws Exception {
    Path output = folder.resolve(kind + ".alone.log");
    WineProcess app = start(kind, kind + ".alone", output);
    go(kind + ".alone");

    assertThat(app.await(SOON))
        .as(Files.readString(output))
        .isEqualTo(new WineExit.Exited(CLR_EXCEPTION));
    String text = Files.readString(output).replace("\r", "");
    int wine = text.indexOf(WINE_DEBUGGER);
    return text.substring(0, wine < 0 ? text.length() : wine).strip();
  }

  /** The report of the one dump that the crash leaves. */
  private CrashReport dumped(String kind) throws Exception {
    WineProcess app = start(kind, kind, folder.resolve(kind + ".log"));
    // Not before the runtime has started: Wine lets a process die of a debugger that comes
    // meanwhile.
    Path waits = prefix.driveC().resolve("app").resolve(kind + ".go.waits");
    await().atMost(SOON).until(() -> Files.exists(waits) || !app.isAlive());
    Path log = folder.resolve(kind + ".procdump.log");
    Path dumps = Files.createDirectories(prefix.driveC().resolve("dumps").resolve(kind));
    WineProcess procdump =
        prefix.start(
            WineCommand.of(
                log,
                "C:\\tools\\procdump64.exe",
                "-accepteula",
                "-ma",
                "-e",
                Long.toString(app.pid().getAsLong()),
                "C:\\dumps\\" + kind));
    await().atMost(SOON).until(() -> Files.readString(log).contains("Press Ctrl-C"));
    go(kind);
    procdump.await(SOON);
    WineExit end = app.await(SOON);
    try (Stream<Path> files = Files.list(dumps)) {
      List<Path> found = files.toList();
      assertThat(found)
          .as(
              "%s; it said: %s; procdump said: %s",
              end, Files.readString(folder.resolve(kind + ".log")), Files.readString(log))
          .hasSize(1);
      return MinidumpAnalyzer.analyze(found.get(0), AnalysisOptions.defaults());
    }
  }

  private WineProcess start(String kind, String go, Path output) {
    return prefix.start(
        WineCommand.of(
            output,
            "C:\\dotnet\\dotnet.exe",
            "exec",
            "C:\\app\\Shop.dll",
            kind,
            "C:\\app\\" + go + ".go"));
  }

  private void go(String name) throws IOException {
    Files.createFile(prefix.driveC().resolve("app").resolve(name + ".go"));
  }

  private static List<String> methods(CrashReport.ManagedException exception) {
    return exception.frames().stream().map(CrashReport.ManagedFrame::method).toList();
  }

  @Test
  void anExceptionWithItsCauseReadsAsTheRuntimePrintsIt() throws Exception {
    String printed = printed("inner");

    CrashReport report = dumped("inner");

    assertThat(report.exception()).returns("0xE0434352", CrashReport.ExceptionFacts::code);
    assertThat(report.managed())
        .extracting(CrashReport.ManagedException::type)
        .containsExactly("Contoso.Shop.OrderException", "System.DivideByZeroException");
    assertThat(report.managed())
        .extracting(CrashReport.ManagedException::message)
        .containsExactly("Order for 'SKU-1234' x3 failed", "Attempted to divide by zero.");
    assertThat(methods(report.managed().get(0)))
        .containsExactly(
            "Contoso.Shop.OrderService.Place",
            "Contoso.Shop.Program.Work",
            "Contoso.Shop.Program.Main");
    assertThat(methods(report.managed().get(1)))
        .containsExactly("Contoso.Shop.OrderService.Price", "Contoso.Shop.OrderService.Place");
    assertThat(AsTheRuntimePrints.text(report.managed())).isEqualTo(printed);
  }

  @Test
  void anExceptionOfABackgroundThreadReadsAsTheRuntimePrintsIt() throws Exception {
    String printed = printed("thread");

    CrashReport report = dumped("thread");

    assertThat(report.exception()).returns("0xE0434352", CrashReport.ExceptionFacts::code);
    assertThat(report.managed()).hasSize(1);
    assertThat(report.managed().get(0))
        .returns("System.ArgumentException", CrashReport.ManagedException::type)
        .returns("Nothing is left (Parameter 'items')", CrashReport.ManagedException::message)
        .returns("0x80070057", CrashReport.ManagedException::hresult);
    assertThat(methods(report.managed().get(0)))
        .startsWith("Contoso.Shop.Stock`1.Shelf.Take", "Contoso.Shop.Program.Background");
    assertThat(AsTheRuntimePrints.text(report.managed())).isEqualTo(printed);
  }
}
