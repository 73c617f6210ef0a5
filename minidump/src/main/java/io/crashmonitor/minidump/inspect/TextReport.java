package io.crashmonitor.minidump.inspect;

import io.crashmonitor.minidump.report.CrashReport;
import io.crashmonitor.minidump.report.CrashReport.Frame;
import io.crashmonitor.minidump.report.CrashReport.ManagedException;
import io.crashmonitor.minidump.report.CrashReport.ThreadStack;
import io.crashmonitor.minidump.report.ProcessFacts;
import io.crashmonitor.minidump.report.SystemFacts;
import java.util.List;

/**
 * The report for a terminal: what happened first, then where, then everything else. Texts out of
 * the dump are printed without control characters: a dump must not drive a terminal.
 */
final class TextReport {
  private static final String BOLD = "\u001B[1m";
  private static final String RED = "\u001B[1;31m";
  private static final String DIM = "\u001B[2m";
  private static final String RESET = "\u001B[0m";
  private static final int LONGEST_COMMAND = 200;

  private final CrashReport report;
  private final boolean colour;
  private final StringBuilder text = new StringBuilder();

  private TextReport(CrashReport report, boolean colour) {
    this.report = report;
    this.colour = colour;
  }

  static String of(CrashReport report, boolean allThreads, boolean colour) {
    TextReport writer = new TextReport(report, colour);
    writer.head();
    writer.facts();
    report.managed().forEach(writer::managed);
    if (report.crashingThread() != null) {
      writer.thread("Crashing thread", report.crashingThread());
    }
    boolean all = allThreads || report.crashingThread() == null;
    if (all) {
      report.otherThreads().forEach(thread -> writer.thread("Thread", thread));
    } else if (!report.otherThreads().isEmpty()) {
      writer.line();
      writer.line(writer.paint(DIM, others(report.otherThreads().size())));
    }
    writer.findings();
    return writer.text.toString().stripTrailing();
  }

  private static String others(int count) {
    return count == 1
        ? "1 other thread: --all shows its stack"
        : count + " other threads: --all shows their stacks";
  }

  private String paint(String style, String words) {
    return colour ? style + words + RESET : words;
  }

  private void line(String words) {
    text.append(words).append('\n');
  }

  private void line() {
    text.append('\n');
  }

  private void fact(String name, String value) {
    if (!value.isBlank()) {
      line("  " + paint(DIM, pad(name, 11)) + plain(value));
    }
  }

  private static String pad(String words, int width) {
    return words + " ".repeat(Math.max(0, width - words.length()));
  }

  /** Without control characters, on one line. */
  private static String plain(String words) {
    StringBuilder clean = new StringBuilder(words.length());
    for (int i = 0; i < words.length(); i++) {
      char c = words.charAt(i);
      boolean control = Character.isISOControl(c) || Character.getType(c) == Character.FORMAT;
      clean.append(control ? ' ' : c);
    }
    return clean.toString();
  }

  private void head() {
    line(paint(RED, plain(report.summary())));
    line();
  }

  private void facts() {
    CrashReport.ExceptionFacts exception = report.exception();
    if (exception != null) {
      fact("exception", exception.code() + " " + exception.name());
      fact("reason", exception.reason());
      fact("address", address(exception));
    }
    ProcessFacts process = report.process();
    fact("process", process.name() + (process.id() == 0 ? "" : ", pid " + process.id()));
    fact("started", process.startTime());
    fact("command", cut(process.commandLine()));
    fact("rights", Amounts.rights(process.rights()));
    fact("memory", Amounts.memory(process.resources()));
    fact("handles", Amounts.handles(process.resources()));
    fact("CPU time", Amounts.cpu(process.resources()));
    fact(
        "dump",
        report.dump().kind()
            + ", "
            + Amounts.size(report.dump().size())
            + ", written "
            + report.dump().time());
    SystemFacts system = report.system();
    fact("system", system.os() + " " + system.version() + " " + system.architecture());
    fact("node", Amounts.machine(system));
    if (report.runtime() != null) {
      CrashReport.Runtime runtime = report.runtime();
      String version = runtime.version().isEmpty() ? "" : " " + runtime.version();
      fact("runtime", runtime.name() + version + " (read by " + runtime.source() + ")");
    }
    report.dump().comment().lines().forEach(comment -> fact("comment", comment));
    fact("signature", report.signature());
  }

  private String address(CrashReport.ExceptionFacts exception) {
    if (!exception.module().isEmpty()) {
      return exception.address() + ", " + exception.module() + "+" + exception.offset();
    }
    boolean managed =
        report.crashingThread() != null
            && report.crashingThread().frames().stream().limit(1).anyMatch(Frame::managed);
    return exception.address() + (managed ? ", in managed code" : ", in no module");
  }

  private static String cut(String command) {
    return command.length() <= LONGEST_COMMAND
        ? command
        : command.substring(0, LONGEST_COMMAND) + " …";
  }

  private void managed(ManagedException exception) {
    line();
    boolean outer = exception == report.managed().get(0);
    String hresult = exception.hresult().isEmpty() ? "" : "  " + exception.hresult();
    line(
        (outer ? "" : "---> ")
            + paint(BOLD, plain(exception.type()))
            + ": "
            + plain(exception.message())
            + paint(DIM, hresult + "  [" + exception.source() + "]"));
    for (CrashReport.ManagedFrame frame : exception.frames()) {
      String place = frame.file().isEmpty() ? "" : " in " + frame.file() + ":" + frame.line();
      line("   at " + plain(frame.method() + parameters(exception, frame) + place));
      if (frame.endOfPrevious()) {
        line(paint(DIM, "   --- end of stack trace from previous location ---"));
      }
    }
  }

  /** Of the sources that read metadata, "no parameters" is a fact; others just do not tell. */
  private static String parameters(ManagedException exception, CrashReport.ManagedFrame frame) {
    boolean known = !exception.source().equals("log");
    boolean named = !frame.method().contains("0x") && !frame.method().endsWith(")");
    return frame.parameters().isEmpty() && !(known && named) ? "" : "(" + frame.parameters() + ")";
  }

  private void thread(String title, ThreadStack thread) {
    line();
    String name = thread.name().isEmpty() ? "" : " \"" + plain(thread.name()) + "\"";
    line(paint(BOLD, title + " " + thread.id() + name) + paint(DIM, plain(began(thread))));
    List<Frame> frames = thread.frames();
    for (int i = 0; i < frames.size(); i++) {
      line(frame(i, frames.get(i)));
    }
    if (thread.truncated()) {
      line(paint(DIM, "      …"));
    }
  }

  private static String began(ThreadStack thread) {
    String start = thread.start().isEmpty() ? "" : ", began in " + thread.start();
    String created = thread.created().isEmpty() ? "" : ", created " + thread.created();
    long cpu = thread.userMillis() + thread.kernelMillis();
    return start + created + (created.isEmpty() ? "" : ", CPU " + Amounts.seconds(cpu));
  }

  private String frame(int index, Frame frame) {
    String number = String.format("%4d  ", index);
    String place = place(frame);
    String repeats =
        frame.repeats() > 1
            ? "  × "
                + frame.repeats()
                + (frame.cycle() > 1 ? " (" + frame.cycle() + " frames)" : "")
            : "";
    String source =
        switch (frame.source()) {
          case "context", "unwind" -> "";
          default -> "  [" + frame.source() + "]";
        };
    return number + plain(place) + repeats + paint(DIM, source);
  }

  private static String place(Frame frame) {
    String offset = frame.functionOffset().isEmpty() ? "" : "+" + frame.functionOffset();
    if (frame.managed()) {
      return frame.function() + offset;
    }
    if (frame.module().isEmpty()) {
      return frame.offset();
    }
    return frame.function().isEmpty()
        ? frame.module() + "+" + frame.offset()
        : frame.module() + "!" + frame.function() + offset;
  }

  private void findings() {
    if (report.findings().isEmpty()) {
      return;
    }
    line();
    line(paint(BOLD, "Findings"));
    for (CrashReport.FindingFacts finding : report.findings()) {
      String position = finding.position().isEmpty() ? "" : " at " + finding.position();
      line("  " + finding.part() + position + ": " + plain(finding.message()));
    }
  }
}
