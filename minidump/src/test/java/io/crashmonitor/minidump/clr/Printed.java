package io.crashmonitor.minidump.clr;

import io.crashmonitor.minidump.report.CrashReport.ManagedException;
import io.crashmonitor.minidump.report.CrashReport.ManagedFrame;
import java.util.ArrayList;
import java.util.List;

/**
 * Prints a chain of exceptions the way the runtime prints it on its console, to be compared with
 * what it printed.
 */
public final class Printed {
  private Printed() {}

  /** Lines without indentation. */
  public static List<String> lines(List<ManagedException> chain) {
    List<String> lines = new ArrayList<>();
    for (int i = 0; i < chain.size(); i++) {
      lines.add((i == 0 ? "" : "---> ") + header(chain.get(i)));
    }
    for (int i = chain.size() - 1; i >= 0; i--) {
      for (ManagedFrame frame : chain.get(i).frames()) {
        lines.add("at " + frame.method() + "(" + frame.parameters() + ")");
        if (frame.endOfPrevious()) {
          lines.add("--- End of stack trace from previous location ---");
        }
      }
      if (i > 0) {
        lines.add("--- End of inner exception stack trace ---");
      }
    }
    return lines;
  }

  private static String header(ManagedException exception) {
    return exception.message().isEmpty()
        ? exception.type()
        : exception.type() + ": " + exception.message();
  }
}
