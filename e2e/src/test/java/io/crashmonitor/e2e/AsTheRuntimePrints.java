package io.crashmonitor.e2e;

import io.crashmonitor.minidump.report.CrashReport.ManagedException;
import io.crashmonitor.minidump.report.CrashReport.ManagedFrame;
import java.util.List;

/** Writes exceptions as .NET Core 3.1 prints them when nothing handles them. */
final class AsTheRuntimePrints {
  private AsTheRuntimePrints() {}

  /** All of it, without a line break at its end. */
  static String text(List<ManagedException> chain) {
    StringBuilder text = new StringBuilder("Unhandled exception. ");
    for (ManagedException each : chain) {
      text.append(each == chain.get(0) ? "" : "\n ---> ");
      text.append(each.type()).append(": ").append(each.message());
    }
    for (int i = chain.size() - 1; i >= 0; i--) {
      chain.get(i).frames().forEach(frame -> frame(frame, text));
      text.append(i == 0 ? "" : "\n   --- End of inner exception stack trace ---");
    }
    return text.toString();
  }

  private static void frame(ManagedFrame frame, StringBuilder text) {
    text.append("\n   at ").append(frame.method());
    text.append('(').append(frame.parameters()).append(')');
    if (frame.endOfPrevious()) {
      text.append("\n--- End of stack trace from previous location where exception was thrown ---");
    }
  }
}
