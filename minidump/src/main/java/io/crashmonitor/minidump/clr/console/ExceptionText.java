package io.crashmonitor.minidump.clr.console;

import io.crashmonitor.minidump.report.CrashReport.ManagedException;
import io.crashmonitor.minidump.report.CrashReport.ManagedFrame;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;

/**
 * Reads what {@code Exception.ToString} prints, line by line. An exception is its header, lines
 * that continue the message, its inner exception between {@code --->} and "End of inner exception
 * stack trace", and its frames. .NET Framework prints the inner header on the outer's line, .NET on
 * a line of its own.
 */
final class ExceptionText {
  private static final String INNER = "---> ";
  private static final String SOURCE = "log";

  /** What a program prints that was published without the framework's texts. */
  private static final String INNER_END_KEY = "Exception_EndOfInnerExceptionStack";

  private static final int MAX_EXCEPTIONS = 32;
  private static final int MAX_MESSAGE = 16 * 1024;
  private static final int MAX_FRAMES = 512;

  /** Lines of other output let pass between two lines of the trace. */
  private static final int MAX_FOREIGN = 20;

  private final List<Open> chain = new ArrayList<>();
  private final List<Open> others = new ArrayList<>();
  private final Deque<Open> open = new ArrayDeque<>();
  private final List<String> pending = new ArrayList<>();
  private boolean ended;

  /** An exception being read. */
  private static final class Open {
    final HeaderLine header;
    final StringBuilder message;
    final List<ManagedFrame> frames = new ArrayList<>();
    boolean messageDone;

    Open(HeaderLine header) {
      this.header = header;
      this.message = new StringBuilder(header.message());
    }

    ManagedException toException() {
      return new ManagedException(
          header.type(), message.toString().strip(), header.hresult(), SOURCE, frames);
    }
  }

  /** Begins with the text that holds the header; false where it holds none. */
  boolean begin(String text) {
    return headers(text, false);
  }

  /** Whether the trace is over: what comes next is other output. */
  boolean ended() {
    return ended;
  }

  /** Takes the next line. */
  void line(String line) {
    String text = line.strip();
    Optional<ManagedFrame> frame = FrameLine.parse(line);
    if (frame.isPresent()) {
      settle();
      frame(frame.get());
      endOther(text);
    } else if (text.startsWith(INNER)) {
      settle();
      inner(text.substring(INNER.length()));
    } else if (text.startsWith("--- ") && text.endsWith(" ---") || text.equals(INNER_END_KEY)) {
      settle();
      boundary(text);
    } else {
      other(line);
    }
  }

  private void frame(ManagedFrame frame) {
    Open current = open.peek();
    if (current != null) {
      current.messageDone = true;
      if (current.frames.size() < MAX_FRAMES) {
        current.frames.add(frame);
      }
    }
  }

  /**
   * "End of inner exception stack trace" closes an exception; the other boundary stands between
   * frames of one.
   */
  private void boundary(String text) {
    Open current = open.peek();
    if (current == null) {
      return;
    }
    if (isInnerEnd(text, current)) {
      if (open.size() > 1) {
        open.pop();
        open.peek().messageDone = true;
      }
    } else if (!current.frames.isEmpty()) {
      int last = current.frames.size() - 1;
      ManagedFrame frame = current.frames.get(last);
      current.frames.set(
          last,
          new ManagedFrame(
              frame.method(),
              frame.parameters(),
              frame.assembly(),
              frame.file(),
              frame.line(),
              true));
    }
  }

  /**
   * In other languages than English the two boundaries are told apart by what may come: frames
   * before, a parent above.
   */
  private boolean isInnerEnd(String text, Open current) {
    if (text.equals(INNER_END_KEY)) {
      return true;
    }
    if (text.contains("End of")) {
      return text.contains("inner exception");
    }
    return open.size() > 1 && !current.frames.isEmpty();
  }

  private void inner(String text) {
    boolean numbered = text.startsWith("(") && text.indexOf(") ") > 0;
    String header = numbered ? text.substring(text.indexOf(") ") + 2) : text;
    headers(header, numbered);
  }

  /**
   * Opens the exception of a header, and those that .NET Framework appends to it on the same line.
   */
  private boolean headers(String text, boolean other) {
    List<String> parts = split(text);
    Optional<HeaderLine> first = HeaderLine.parse(parts.get(0));
    if (first.isEmpty()) {
      return false;
    }
    push(first.get(), other);
    for (String part : parts.subList(1, parts.size())) {
      HeaderLine.parse(part).ifPresent(header -> push(header, other));
    }
    return true;
  }

  /** Cuts at each arrow that a type's name follows; an arrow in a message is no cut. */
  private static List<String> split(String text) {
    List<String> parts = new ArrayList<>();
    int start = 0;
    int arrow = text.indexOf(" " + INNER);
    while (arrow >= 0 && parts.size() < MAX_EXCEPTIONS) {
      String after = text.substring(arrow + 1 + INNER.length());
      if (HeaderLine.parse(after).filter(header -> header.type().indexOf('.') > 0).isPresent()) {
        parts.add(text.substring(start, arrow));
        start = arrow + 1 + INNER.length();
      }
      arrow = text.indexOf(" " + INNER, arrow + 1);
    }
    parts.add(text.substring(start));
    return parts;
  }

  private void push(HeaderLine header, boolean other) {
    if (chain.size() + others.size() >= MAX_EXCEPTIONS) {
      return;
    }
    Open exception = new Open(header);
    (other || !others.isEmpty() && open.contains(others.get(others.size() - 1)) ? others : chain)
        .add(exception);
    open.push(exception);
  }

  /** An exception of an AggregateException beyond its first ends with an arrow back. */
  private void endOther(String text) {
    if (text.endsWith("<---") && open.size() > 1) {
      open.pop();
    }
  }

  private void other(String line) {
    if (line.strip().equals("<---")) {
      settle();
      endOther("<---");
      return;
    }
    pending.add(line);
    if (pending.size() > MAX_FOREIGN * (isMessage() ? 10 : 1)) {
      ended = true;
    }
  }

  private boolean isMessage() {
    Open current = open.peek();
    return current != null && !current.messageDone;
  }

  /**
   * Lines before a line of the trace belong to the message that is still open; else they were other
   * output.
   */
  private void settle() {
    Open current = open.peek();
    if (current != null && !current.messageDone) {
      for (String line : pending) {
        append(current, line);
      }
      open.peek().messageDone = open.peek() == current;
    }
    pending.clear();
  }

  private void append(Open current, String line) {
    List<String> parts = split(line);
    if (current.message.length() < MAX_MESSAGE) {
      current.message.append('\n').append(parts.get(0).stripTrailing());
    }
    for (String part : parts.subList(1, parts.size())) {
      HeaderLine.parse(part).ifPresent(header -> push(header, false));
    }
  }

  /** The exceptions read, outermost first. */
  List<ManagedException> chain() {
    return chain.stream().map(Open::toException).toList();
  }

  /** Further inner exceptions of an AggregateException. */
  List<ManagedException> others() {
    return others.stream().map(Open::toException).toList();
  }
}
