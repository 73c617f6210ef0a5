package io.crashmonitor.minidump.inspect;

import io.crashmonitor.minidump.AnalysisOptions;
import io.crashmonitor.minidump.MinidumpAnalyzer;
import io.crashmonitor.minidump.reader.MinidumpException;
import io.crashmonitor.minidump.report.CrashReport;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/**
 * {@code java -jar minidump-inspect.jar FILE [--json] [--images FOLDER]}: explains a dump on the
 * terminal.
 */
public final class InspectMain {
  static final int EXPLAINED = 0;
  static final int NOT_READABLE = 1;
  static final int USAGE = 2;

  private static final String HELP =
      """
      Usage: minidump-inspect FILE [--json] [--all] [--images FOLDER]
        FILE             a Windows minidump (.dmp)
        --json           the whole report as JSON (docs/crash-report.md)
        --all            stacks of all threads, not only the crashing one
        --images FOLDER  PE files of the same builds, for dumps without image memory
      Exit code: 0 explained, 1 not a readable dump, 2 usage.""";

  private InspectMain() {}

  /** Runs and ends the JVM with the exit code. */
  public static void main(String[] arguments) {
    PrintStream out = new PrintStream(System.out, false, StandardCharsets.UTF_8);
    PrintStream err = new PrintStream(System.err, true, StandardCharsets.UTF_8);
    int exit =
        run(arguments, out, err, System.console() != null && System.getenv("NO_COLOR") == null);
    out.flush();
    System.exit(exit);
  }

  /** As the command line, to other streams; returns the exit code. */
  static int run(String[] arguments, PrintStream out, PrintStream err, boolean colour) {
    Arguments parsed;
    try {
      parsed = Arguments.parse(arguments);
    } catch (IllegalArgumentException e) {
      err.println(e.getMessage());
      err.println(HELP);
      return USAGE;
    }
    if (parsed.help()) {
      out.println(HELP);
      return EXPLAINED;
    }
    try {
      AnalysisOptions options =
          parsed
              .images()
              .map(folder -> AnalysisOptions.defaults().withImages(folder))
              .orElseGet(AnalysisOptions::defaults);
      CrashReport report = MinidumpAnalyzer.analyze(parsed.file(), options);
      out.println(
          parsed.json() ? ReportJson.write(report) : TextReport.of(report, parsed.all(), colour));
      return EXPLAINED;
    } catch (MinidumpException e) {
      err.println(parsed.file() + ": " + e.getMessage() + " (at offset " + e.position() + ")");
    } catch (NoSuchFileException e) {
      err.println(parsed.file() + ": no such file");
    } catch (IOException e) {
      err.println(parsed.file() + ": cannot be read: " + e.getMessage());
    }
    return NOT_READABLE;
  }

  /** Turns a text into a path for {@link Arguments}. */
  static Path path(String text) {
    try {
      return Path.of(text);
    } catch (InvalidPathException e) {
      throw new IllegalArgumentException("not a file name: " + text, e);
    }
  }
}
