package io.crashmonitor.sidecar.procdump;

import io.crashmonitor.sidecar.procdump.ConsoleEvent.Attached;
import io.crashmonitor.sidecar.procdump.ConsoleEvent.DumpComplete;
import io.crashmonitor.sidecar.procdump.ConsoleEvent.DumpFailed;
import io.crashmonitor.sidecar.procdump.ConsoleEvent.DumpInitiated;
import io.crashmonitor.sidecar.procdump.ConsoleEvent.Ended;
import io.crashmonitor.sidecar.procdump.ConsoleEvent.Failed;
import io.crashmonitor.sidecar.procdump.ConsoleEvent.ProcessExited;
import io.crashmonitor.sidecar.procdump.ConsoleEvent.Started;
import io.crashmonitor.sidecar.procdump.ConsoleEvent.Thrown;
import io.crashmonitor.sidecar.procdump.ConsoleEvent.Watching;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads ProcDump's console. Any text is accepted and nothing is thrown: of a longer one the last
 * lines are read, of a longer line its beginning. Pure.
 */
public final class ConsoleOutput {
  static final int MOST_LINES = 5000;
  static final int LONGEST_LINE = 2048;
  // A message or an error goes on in the lines that follow, which carry no time.
  private static final int MOST_CONTINUED = 8;

  private static final Pattern TIME = Pattern.compile("^\\[\\d\\d:\\d\\d:\\d\\d\\] ?");
  private static final Pattern BANNER =
      Pattern.compile("^ProcDump v(\\d{1,3}(?:\\.\\d{1,3}){0,2})\\b.*");
  private static final Pattern PROCESS =
      Pattern.compile("^Process:\\s{1,40}(\\S.{0,300}) \\((\\d{1,10})\\)\\s*$");
  private static final Pattern THROWN =
      Pattern.compile("^(Exception|Unhandled): ([0-9A-Fa-f]{8})(?:\\.(.*))?$");
  private static final Pattern DUMP =
      Pattern.compile("^Dump (\\d{1,6}) (initiated|complete|error): ?(.*)$");
  private static final Pattern RESULT = Pattern.compile("\\(0x[0-9A-Fa-f]{8}, -?\\d{1,10}\\)");

  /**
   * One line of the console, or one and those that continue it.
   *
   * @param text as it stands there
   * @param timed whether it carries a time: it tells of something that happened
   * @param event what it says, if it is one of the known lines
   */
  public record Entry(String text, boolean timed, Optional<ConsoleEvent> event) {}

  private ConsoleOutput() {}

  /** The lines in their order, empty ones left out. */
  public static List<Entry> read(String text) {
    List<String> lines = lastLines(text);
    List<Entry> entries = new ArrayList<>();
    for (int i = 0; i < lines.size(); i++) {
      StringBuilder line = new StringBuilder(lines.get(i));
      int used = 0;
      while (goesOn(line) && used < MOST_CONTINUED && continues(lines, i + used + 1, line)) {
        line.append(separator(line)).append(lines.get(i + ++used));
      }
      i += used;
      entries.add(entry(cut(line.toString())));
    }
    return entries;
  }

  private static Entry entry(String line) {
    Matcher time = TIME.matcher(line);
    boolean timed = time.find();
    return new Entry(line, timed, event(timed ? line.substring(time.end()) : line));
  }

  private static Optional<ConsoleEvent> event(String line) {
    Matcher banner = BANNER.matcher(line);
    if (banner.matches()) {
      return Optional.of(new Started(banner.group(1)));
    }
    Matcher process = PROCESS.matcher(line);
    if (process.matches()) {
      return Optional.of(new Watching(process.group(1), Long.parseLong(process.group(2))));
    }
    Matcher thrown = THROWN.matcher(line.replace('\n', ' '));
    if (thrown.matches()) {
      return Optional.of(thrown(thrown, line));
    }
    Matcher dump = DUMP.matcher(line);
    if (dump.matches()) {
      return Optional.of(dump(dump));
    }
    return plain(line);
  }

  private static Optional<ConsoleEvent> plain(String line) {
    if (line.startsWith("Press Ctrl-C to end monitoring")) {
      return Optional.of(new Attached());
    }
    if (line.startsWith("The process has exited")) {
      return Optional.of(new ProcessExited());
    }
    if (line.startsWith("Dump count reached")) {
      return Optional.of(new Ended(true));
    }
    if (line.startsWith("Dump count not reached")) {
      return Optional.of(new Ended(false));
    }
    return isFailure(line) ? Optional.of(new Failed(line.strip())) : Optional.empty();
  }

  private static boolean isFailure(String line) {
    return line.startsWith("Error ")
        || line.startsWith("Unable to ")
        || line.startsWith("No process matching")
        || RESULT.matcher(line).find();
  }

  private static ConsoleEvent thrown(Matcher line, String whole) {
    String rest = line.group(3) == null ? "" : whole.substring(line.start(3));
    int message = rest.indexOf(" (\"");
    String name = message < 0 ? rest : rest.substring(0, message);
    String words = message < 0 ? "" : rest.substring(message + 3);
    return new Thrown(
        line.group(1).equals("Unhandled"),
        line.group(2).toUpperCase(Locale.ROOT),
        name.strip(),
        words.endsWith("\")") ? words.substring(0, words.length() - 2) : words);
  }

  private static ConsoleEvent dump(Matcher line) {
    int number = Integer.parseInt(line.group(1));
    String words = line.group(3).strip();
    return switch (line.group(2)) {
      case "initiated" -> new DumpInitiated(number, words);
      case "complete" -> new DumpComplete(number, words);
      default -> new DumpFailed(number, words);
    };
  }

  /** Whether what is said may not be over at the end of the line. */
  private static boolean goesOn(CharSequence line) {
    String text = TIME.matcher(line).replaceFirst("");
    return opensMessage(text) || text.startsWith("Dump ") && text.contains(" error: ");
  }

  private static boolean opensMessage(String text) {
    return (text.startsWith("Exception: ") || text.startsWith("Unhandled: "))
        && text.contains(" (\"")
        && !text.endsWith("\")");
  }

  private static boolean continues(List<String> lines, int next, CharSequence before) {
    if (next >= lines.size()) {
      return false;
    }
    String line = lines.get(next);
    boolean known =
        TIME.matcher(line).find() || event(line).filter(e -> !(e instanceof Failed)).isPresent();
    boolean room = before.length() + line.length() < LONGEST_LINE;
    return room && !known;
  }

  private static String separator(CharSequence line) {
    return opensMessage(TIME.matcher(line).replaceFirst("")) ? "\n" : " ";
  }

  private static List<String> lastLines(String text) {
    List<String> lines = new ArrayList<>();
    int end = text.length();
    while (end > 0 && lines.size() < MOST_LINES) {
      int start = text.lastIndexOf('\n', end - 1) + 1;
      String line = text.substring(start, Math.min(end, start + LONGEST_LINE)).stripTrailing();
      if (!line.isEmpty()) {
        lines.add(printable(line));
      }
      end = start - 1;
    }
    Collections.reverse(lines);
    return lines;
  }

  // Nothing of it may move a cursor where a person reads it.
  private static String printable(String line) {
    StringBuilder printable = new StringBuilder(line);
    for (int i = 0; i < printable.length(); i++) {
      if (Character.isISOControl(printable.charAt(i))) {
        printable.setCharAt(i, ' ');
      }
    }
    return printable.toString();
  }

  private static String cut(String line) {
    return line.length() <= LONGEST_LINE ? line : line.substring(0, LONGEST_LINE);
  }
}
