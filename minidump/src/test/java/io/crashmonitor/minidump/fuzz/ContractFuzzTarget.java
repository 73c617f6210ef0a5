package io.crashmonitor.minidump.fuzz;

import io.crashmonitor.minidump.AnalysisOptions;
import io.crashmonitor.minidump.MinidumpAnalyzer;
import io.crashmonitor.minidump.report.CrashReport;
import io.crashmonitor.minidump.synth.RuntimeSample;
import java.io.IOException;
import java.util.Arrays;
import java.util.Objects;

/** The input is what a .NET runtime says of its layout (JSON), a NUL, and its memory. */
public final class ContractFuzzTarget {
  private ContractFuzzTarget() {}

  /** A sound dump whatever the runtime says: there must be a report. */
  public static void fuzzerTestOneInput(byte[] data) throws IOException {
    Objects.requireNonNull(report(data));
  }

  static CrashReport report(byte[] data) throws IOException {
    int end = 0;
    while (end < data.length && data[end] != 0) {
      end++;
    }
    byte[] memory = Arrays.copyOfRange(data, Math.min(end + 1, data.length), data.length);
    return MinidumpAnalyzer.analyze(
        RuntimeSample.dump(Arrays.copyOf(data, end), memory), AnalysisOptions.defaults());
  }
}
