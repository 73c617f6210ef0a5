package io.crashmonitor.minidump.clr.console;

import io.crashmonitor.minidump.clr.console.ConsoleCrash.Kind;
import io.crashmonitor.minidump.clr.metadata.Text;
import io.crashmonitor.minidump.report.CrashReport.ManagedFrame;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Finds the crash in what a .NET program wrote on its console: .NET Framework, .NET Core 2 to .NET
 * 10, NativeAOT. The last crash of the text counts. Any text is accepted and nothing is thrown; of
 * a longer one the last 1 Mi characters are read, of a line 8 192.
 */
public final class ConsoleText {
  private static final int MAX_TEXT = 1 << 20;
  private static final int MAX_LINE = 8192;
  private static final int MAX_LINES = 50_000;
  private static final int MAX_FRAMES = 512;
  private static final int MAX_MESSAGE = 16 * 1024;

  /** Time and stream that container logs put before each line. */
  private static final Pattern LOG_PREFIX =
      Pattern.compile(
          "^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d(?:\\.\\d{1,9})?(?:Z|[+-]\\d\\d:\\d\\d) (?:std(?:out|err) [FP] )?");

  private record Opening(String words, Kind kind) {}

  private static final List<Opening> OPENINGS =
      List.of(
          new Opening("Unhandled exception. ", Kind.UNHANDLED_EXCEPTION),
          new Opening("Unhandled Exception: ", Kind.UNHANDLED_EXCEPTION),
          new Opening("Process terminated.", Kind.FAIL_FAST),
          new Opening("FailFast:", Kind.FAIL_FAST),
          new Opening("Fatal error.", Kind.FATAL_ERROR),
          new Opening("Stack overflow.", Kind.STACK_OVERFLOW),
          new Opening("Process is terminated due to StackOverflowException.", Kind.STACK_OVERFLOW));

  private ConsoleText() {}

  /** The last crash in the text; empty where there is none. */
  public static Optional<ConsoleCrash> parse(String text) {
    List<String> lines = lines(text);
    for (int i = lines.size() - 1; i >= 0; i--) {
      String line = lines.get(i);
      for (Opening opening : OPENINGS) {
        int at = line.indexOf(opening.words());
        if (at == 0 || at > 0 && Character.isWhitespace(line.charAt(at - 1))) {
          String rest = line.substring(at + opening.words().length()).strip();
          Optional<ConsoleCrash> crash =
              crash(opening.kind(), rest, lines.subList(i + 1, lines.size()));
          if (crash.isPresent()) {
            return crash;
          }
        }
      }
    }
    return Optional.empty();
  }

  private static List<String> lines(String text) {
    String end = text.length() <= MAX_TEXT ? text : text.substring(text.length() - MAX_TEXT);
    List<String> lines = new ArrayList<>();
    int start = 0;
    while (start < end.length() && lines.size() < MAX_LINES) {
      int feed = end.indexOf('\n', start);
      int stop = feed < 0 ? end.length() : feed;
      String line = end.substring(start, Math.min(stop, start + MAX_LINE));
      lines.add(Text.lines(LOG_PREFIX.matcher(line).replaceFirst("")));
      start = stop + 1;
    }
    return lines;
  }

  private static Optional<ConsoleCrash> crash(Kind kind, String rest, List<String> following) {
    return switch (kind) {
      case UNHANDLED_EXCEPTION -> unhandled(rest, following);
      case FAIL_FAST, FATAL_ERROR, STACK_OVERFLOW -> Optional.of(stopped(kind, rest, following));
    };
  }

  private static Optional<ConsoleCrash> unhandled(String rest, List<String> following) {
    ExceptionText exception = new ExceptionText();
    if (!exception.begin(rest)) {
      return Optional.empty();
    }
    for (String line : following) {
      exception.line(line);
      if (exception.ended()) {
        break;
      }
    }
    return Optional.of(
        new ConsoleCrash(
            Kind.UNHANDLED_EXCEPTION, "", exception.chain(), exception.others(), List.of()));
  }

  /**
   * A message of one or more lines, perhaps an exception that was given as the reason, then the
   * thread's stack.
   */
  private static ConsoleCrash stopped(Kind kind, String rest, List<String> following) {
    StoppedText text = new StoppedText(rest);
    for (String line : following) {
      if (!text.line(line)) {
        break;
      }
    }
    return text.toCrash(kind);
  }

  /** Reads the lines after "Process terminated.", "Fatal error." and "Stack overflow.". */
  private static final class StoppedText {
    private static final int MAX_FOREIGN = 20;

    private final StringBuilder message;
    private final List<ManagedFrame> frames = new ArrayList<>();
    private ExceptionText reason = new ExceptionText();
    private boolean hasReason;
    private boolean inReason;
    private int foreign;

    StoppedText(String rest) {
      this.message = new StringBuilder(rest);
      this.hasReason = rest.contains("Exception") && reason.begin(rest);
      this.inReason = hasReason;
    }

    /** Takes a line; false when the block is over. */
    boolean line(String line) {
      Optional<ManagedFrame> frame = FrameLine.parse(line);
      if (frame.isPresent()) {
        foreign = 0;
        take(line, frame.get());
        return frames.size() < MAX_FRAMES;
      }
      if (line.isBlank() || isRepeat(line)) {
        return true;
      }
      // .NET Core 3.1 prints the reason after the stack, later runtimes before it.
      if (!hasReason && startsReason(line)) {
        hasReason = true;
        inReason = true;
        return true;
      }
      return between(line);
    }

    private void take(String line, ManagedFrame frame) {
      inReason = inReason && !frame.method().startsWith("System.Environment.FailFast");
      if (inReason) {
        reason.line(line);
      } else {
        frames.add(frame);
      }
    }

    private boolean between(String line) {
      foreign++;
      if (inReason) {
        reason.line(line);
        return !reason.ended();
      }
      if (frames.isEmpty() && message.length() < MAX_MESSAGE) {
        message.append('\n').append(line.stripTrailing());
      }
      return frames.isEmpty() && foreign <= MAX_FOREIGN;
    }

    private boolean startsReason(String line) {
      boolean header =
          HeaderLine.parse(line.strip())
              .filter(found -> found.type().contains(".") && found.type().contains("Exception"))
              .isPresent();
      if (header) {
        reason = new ExceptionText();
        return reason.begin(line.strip());
      }
      return false;
    }

    /** "Repeat 19246 times:" and the rules around what repeats. */
    private static boolean isRepeat(String line) {
      String text = line.strip();
      return text.startsWith("Repeat ") && text.endsWith(" times:")
          || text.length() >= 8 && text.chars().allMatch(c -> c == '-');
    }

    ConsoleCrash toCrash(Kind kind) {
      boolean messageIsReason = kind == Kind.FATAL_ERROR && hasReason;
      return new ConsoleCrash(
          kind,
          messageIsReason ? "" : message.toString().strip(),
          hasReason ? reason.chain() : List.of(),
          hasReason ? reason.others() : List.of(),
          frames);
    }
  }
}
