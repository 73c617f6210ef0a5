package io.crashmonitor.minidump.fuzz;

import io.crashmonitor.minidump.AnalysisOptions;
import io.crashmonitor.minidump.MinidumpAnalyzer;
import io.crashmonitor.minidump.reader.ByteSource;
import io.crashmonitor.minidump.reader.Minidump;
import io.crashmonitor.minidump.reader.MinidumpException;
import io.crashmonitor.minidump.reader.Wholeness;
import java.io.IOException;
import java.util.Objects;

/** The input is a whole dump. */
public final class DumpFuzzTarget {
  private DumpFuzzTarget() {}

  /** Whatever the bytes: a report or a {@link MinidumpException}. */
  public static void fuzzerTestOneInput(byte[] data) throws IOException {
    Wholeness.of(ByteSource.of(data));
    try {
      Objects.requireNonNull(
          MinidumpAnalyzer.analyze(Minidump.of(ByteSource.of(data)), AnalysisOptions.defaults()));
    } catch (MinidumpException e) {
      if (e.kind() == MinidumpException.Kind.UNREADABLE_MEMORY) {
        throw new AssertionError("missing memory is an answer, not a refusal", e);
      }
    }
  }
}
