package io.crashmonitor.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.crashmonitor.minidump.AnalysisOptions;
import io.crashmonitor.minidump.MinidumpAnalyzer;
import io.crashmonitor.minidump.reader.Wholeness;
import io.crashmonitor.minidump.report.CrashReport;
import io.crashmonitor.testbed.controlplane.Provisioned;
import io.crashmonitor.testbed.wine.Services;
import io.crashmonitor.testbed.wine.WindowsPath;
import io.crashmonitor.testbed.wine.WineCommand;
import io.crashmonitor.testbed.wine.WineInstallation;
import io.crashmonitor.testbed.wine.WinePrefix;
import io.crashmonitor.testbed.wine.WinePrefixes;
import io.crashmonitor.testbed.wine.WineProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Crashes the sample application under Wine in each of its ways, dumps it as ProcDump does, and
 * holds the analysis to the chain of calls that the program is written with: start of the thread,
 * level1, level2, level3, and what that one did.
 */
class CrashedAppsIT {
  private static final Duration SOON = Duration.ofMinutes(3); // 10 s; more on a busy machine
  private static final Path NATIVE =
      Path.of(System.getProperty("crashmonitor.root"), "testbed", "target", "native");

  @TempDir Path folder;
  private WinePrefixes prefixes;
  private WinePrefix prefix;

  @BeforeEach
  void open() throws IOException {
    prefixes =
        WinePrefixes.open(WineInstallation.from(Provisioned.load()), folder.resolve("prefixes"));
    prefix = prefixes.create("app", Services.NONE);
    prefix.add(NATIVE, WindowsPath.of("C:\\app"));
    Files.createDirectories(prefix.driveC().resolve("dumps"));
  }

  @AfterEach
  void close() {
    prefixes.close();
  }

  /** The report of the one dump that a crash of this kind leaves. */
  private CrashReport crash(String type, String kind) throws Exception {
    WineProcess app =
        prefix.start(
            WineCommand.of(
                folder.resolve("app.log"),
                "C:\\app\\crasher.exe",
                "--crash",
                kind,
                "--thread",
                "--after",
                "4000"));
    await().atMost(SOON).until(() -> app.pid().isPresent());
    WineProcess procdump =
        prefix.start(
            WineCommand.of(
                folder.resolve("procdump.log"),
                "C:\\app\\procdump64.exe",
                "-accepteula",
                type,
                "-e",
                "crasher.exe",
                "C:\\dumps"));
    procdump.await(SOON);
    app.await(SOON);
    List<Path> dumps = dumps();
    assertThat(dumps).as("procdump said: %s", log()).hasSize(1);
    assertThat(Wholeness.of(dumps.get(0))).returns(true, Wholeness::whole);
    return MinidumpAnalyzer.analyze(dumps.get(0), AnalysisOptions.defaults());
  }

  private List<Path> dumps() throws IOException {
    try (Stream<Path> files = Files.list(prefix.driveC().resolve("dumps"))) {
      return files.filter(file -> file.toString().endsWith(".dmp")).toList();
    }
  }

  private String log() throws IOException {
    return Files.readString(folder.resolve("procdump.log"));
  }

  private static List<String> names(CrashReport report) {
    List<String> names = new ArrayList<>();
    for (CrashReport.Frame frame : report.crashingThread().frames()) {
      names.add(frame.function().isEmpty() ? frame.module() : frame.function());
    }
    return names;
  }

  @ParameterizedTest
  @CsvSource({
    "av, 0xC0000005, Access violation: write of 0x10 (null pointer)",
    "div0, 0xC0000094, Integer divide by zero",
    "failfast, 0xC0000409, Fast fail: FATAL_APP_EXIT (7)"
  })
  void walksFromTheFaultToTheStartOfTheThread(String kind, String code, String reason)
      throws Exception {
    CrashReport report = crash("-ma", kind);

    assertThat(report.exception())
        .returns(code, CrashReport.ExceptionFacts::code)
        .returns(reason, CrashReport.ExceptionFacts::reason)
        .returns("crasher.exe", CrashReport.ExceptionFacts::module);
    assertThat(names(report))
        .containsExactly(
            "level3",
            "level2",
            "level1",
            "crasher.exe",
            "BaseThreadInitThunk",
            "RtlUserThreadStart");
    assertThat(report.crashingThread().frames().subList(1, 6))
        .extracting(CrashReport.Frame::source)
        .containsOnly("unwind");
    assertThat(report.dump().comment()).contains("procdump");
  }

  @Test
  void walksThroughTheSystemForARaisedException() throws Exception {
    CrashReport report = crash("-ma", "custom:CAFEBABE");

    assertThat(report.exception().code()).isEqualTo("0xCAFEBABE");
    assertThat(names(report))
        .containsExactly(
            "RaiseException",
            "level3",
            "level2",
            "level1",
            "crasher.exe",
            "BaseThreadInitThunk",
            "RtlUserThreadStart");
  }

  @Test
  void foldsTheRecursionOfAStackOverflow() throws Exception {
    CrashReport report = crash("-ma", "stackoverflow");

    assertThat(report.exception().reason()).isEqualTo("Stack overflow");
    assertThat(names(report))
        .endsWith(
            "level3",
            "level2",
            "level1",
            "crasher.exe",
            "BaseThreadInitThunk",
            "RtlUserThreadStart");
    assertThat(report.crashingThread().frames())
        .hasSizeLessThan(16)
        .anyMatch(frame -> frame.repeats() > 100 && frame.module().equals("crasher.exe"));
  }

  @Test
  void ofASmallDumpTheFirstFrameIsCertainAndTheRestLabelledAsGuessed() throws Exception {
    CrashReport report = crash("-mm", "av");

    assertThat(report.crashingThread().frames().get(0))
        .returns("crasher.exe", CrashReport.Frame::module)
        .returns("context", CrashReport.Frame::source);
    assertThat(report.crashingThread().frames().stream().skip(1))
        .extracting(CrashReport.Frame::source)
        .containsOnly("guessed");
  }
}
