package io.crashmonitor.minidump;

import io.crashmonitor.minidump.pe.SuppliedImages;
import io.crashmonitor.minidump.reader.Minidump;
import io.crashmonitor.minidump.reader.MinidumpException;
import io.crashmonitor.minidump.report.CrashReport;
import java.io.IOException;
import java.nio.file.Path;

/** Explains a crash from its dump: the module's entry. */
public final class MinidumpAnalyzer {
  private MinidumpAnalyzer() {}

  /**
   * Reads the dump and says what happened. Needs some MB of heap whatever the dump's size.
   *
   * @throws IOException when the file is missing or may not be read
   * @throws MinidumpException when it is not a dump, or one that holds nothing to explain
   */
  public static CrashReport analyze(Path file, AnalysisOptions options) throws IOException {
    try (Minidump dump = Minidump.open(file)) {
      return analyze(dump, options);
    }
  }

  /** As {@link #analyze(Path, AnalysisOptions)}, for an open dump, which stays open. */
  public static CrashReport analyze(Minidump dump, AnalysisOptions options) throws IOException {
    if (options.images().isEmpty()) {
      return new Analysis(dump, dump.memory(), options).report();
    }
    try (SuppliedImages memory =
        new SuppliedImages(dump.memory(), dump.modules(), options.images().get())) {
      return new Analysis(dump, memory, options).report();
    }
  }
}
