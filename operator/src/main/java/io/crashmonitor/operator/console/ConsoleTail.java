package io.crashmonitor.operator.console;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.crashmonitor.minidump.clr.console.ConsoleCrash;
import io.crashmonitor.minidump.clr.console.ConsoleCrash.Kind;
import io.crashmonitor.minidump.clr.console.ConsoleText;
import io.crashmonitor.minidump.report.CrashReport.ManagedException;
import io.crashmonitor.report.PreviousLog;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;

/**
 * The end of a console's output, made safe to keep and to show. Pure. The text is whatever the app
 * wrote: escape sequences, halves of characters, lines without end.
 */
final class ConsoleTail {
  /** Characters of all lines together: a report stays small beside its dump. */
  static final int MOST_CHARACTERS = 64 * 1024;

  static final int LONGEST_LINE = 1000;

  /** What a person reads of an exception and its causes; the rest is in the lines. */
  private static final int EXCEPTIONS = 8;

  private static final int FRAMES = 50;
  private static final String SOURCE = "log";
  private static final JsonMapper JSON = JsonMapper.builder().build();

  private ConsoleTail() {}

  /** The last lines, as many as are wanted and fit. */
  static PreviousLog lines(String text, int wanted) {
    List<String> all = text.lines().toList();
    Deque<String> kept = new ArrayDeque<>();
    int room = MOST_CHARACTERS;
    boolean truncated = false;
    for (int i = all.size() - 1; i >= 0; i--) {
      boolean cut = all.get(i).length() > LONGEST_LINE;
      String line = clean(cut ? all.get(i).substring(0, LONGEST_LINE - 1) : all.get(i));
      if (kept.size() == wanted || line.length() + 1 > room) {
        return new PreviousLog(List.copyOf(kept), true);
      }
      kept.addFirst(cut ? line + "…" : line);
      room -= line.length() + 1;
      truncated |= cut;
    }
    return new PreviousLog(List.copyOf(kept), truncated);
  }

  /**
   * The exception that the runtime printed there, in the shape of the analysis's {@code managed}:
   * outermost first; empty where it printed none.
   */
  static Optional<JsonNode> exception(String text) {
    return ConsoleText.parse(text)
        .map(ConsoleTail::exceptions)
        .filter(exceptions -> !exceptions.isEmpty())
        .map(JSON::valueToTree);
  }

  private static List<ManagedException> exceptions(ConsoleCrash crash) {
    List<ManagedException> told =
        crash.exceptions().isEmpty() && crash.kind() == Kind.STACK_OVERFLOW
            ? List.of(
                new ManagedException(
                    "System.StackOverflowException", "", "", SOURCE, crash.frames()))
            : crash.exceptions();
    return told.stream().limit(EXCEPTIONS).map(ConsoleTail::bounded).toList();
  }

  private static ManagedException bounded(ManagedException e) {
    return new ManagedException(
        cut(e.type()),
        cut(e.message()),
        e.hresult(),
        e.source(),
        e.frames().stream().limit(FRAMES).toList());
  }

  private static String cut(String text) {
    return text.length() <= LONGEST_LINE ? text : text.substring(0, LONGEST_LINE - 1) + "…";
  }

  private static String clean(String line) {
    StringBuilder out = new StringBuilder(line.length());
    line.codePoints().forEach(c -> out.appendCodePoint(isShown(c) ? c : '?'));
    return out.toString().stripTrailing();
  }

  /** Neither a control character nor one that turns the direction of a line around. */
  private static boolean isShown(int c) {
    int type = Character.getType(c);
    return c == '\t'
        || type != Character.CONTROL
            && type != Character.FORMAT
            && type != Character.SURROGATE
            && type != Character.LINE_SEPARATOR
            && type != Character.PARAGRAPH_SEPARATOR;
  }
}
