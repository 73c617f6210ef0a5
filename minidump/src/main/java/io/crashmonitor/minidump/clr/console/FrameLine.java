package io.crashmonitor.minidump.clr.console;

import io.crashmonitor.minidump.report.CrashReport.ManagedFrame;
import java.util.Optional;
import java.util.Set;

/**
 * One line of a printed stack trace: {@code at Shop.OrderService.Price(String sku, Int32 n) in
 * C:\src\Shop.cs:line 42}. NativeAOT adds {@code + 0x1c} or has only {@code
 * Shop!<BaseAddress>+0x1234}. .NET Framework prints in the language of Windows.
 */
public final class FrameLine {
  private static final int MAX_LINE_NUMBER = 9_999_999;

  /** "at" in the languages .NET Framework has resources for. */
  private static final Set<String> AT =
      Set.of(
          "at", "bei", "à", "en", "in", "em", "w", "v", "в", "konum:", "위치:", "場所", "在", "於", "på",
          "vid", "ved", "bij");

  private FrameLine() {}

  /** A method as a stack trace prints it, with its parameters: {@code Shop.Order.Place(String)}. */
  public static Optional<ManagedFrame> ofMethod(String printed) {
    return parse(" at " + printed);
  }

  /** The frame, where the line is one. */
  static Optional<ManagedFrame> parse(String line) {
    String text = line.strip();
    int space = text.indexOf(' ');
    if (space < 1 || line.charAt(0) != ' ' || !AT.contains(text.substring(0, space))) {
      return Optional.empty();
    }
    String rest = text.substring(space + 1).strip();
    int open = rest.indexOf('(');
    int close = open < 0 ? -1 : closing(rest, open);
    if (close > 0) {
      return called(rest, open, close);
    }
    return rest.contains("!<BaseAddress>+0x") || isPlainName(rest)
        ? Optional.of(frame(rest, "", "", 0))
        : Optional.empty();
  }

  private static Optional<ManagedFrame> called(String rest, int open, int close) {
    String method = rest.substring(0, open).strip();
    if (method.isEmpty() || (method.indexOf(' ') >= 0 && method.indexOf('[') < 0)) {
      return Optional.empty();
    }
    String after = rest.substring(close + 1);
    Source source = Source.of(after);
    return Optional.of(
        frame(method, rest.substring(open + 1, close).strip(), source.file(), source.line()));
  }

  private static ManagedFrame frame(String method, String parameters, String file, int line) {
    return new ManagedFrame(ReadableFrame.of(method), parameters, "", file, line, false);
  }

  private static int closing(String text, int open) {
    int depth = 0;
    for (int i = open; i < text.length(); i++) {
      if (text.charAt(i) == '(') {
        depth++;
      } else if (text.charAt(i) == ')' && --depth == 0) {
        return i;
      }
    }
    return -1;
  }

  /** A name with dots and without spaces, as dynamic code has it. */
  private static boolean isPlainName(String text) {
    return text.indexOf('.') > 0
        && text.indexOf(' ') < 0
        && Character.isJavaIdentifierStart(text.charAt(0));
  }

  /** File and line of {@code in C:\src\Shop.cs:line 42}; "line" is in the language of Windows. */
  private record Source(String file, int line) {
    static Source of(String after) {
      String text = after.strip();
      int number = text.lastIndexOf(' ');
      int colon = text.lastIndexOf(':');
      int in = text.indexOf(' ');
      if (in < 0 || colon <= in || number <= colon) {
        return new Source("", 0);
      }
      int line = digits(text.substring(number + 1));
      return line < 0 ? new Source("", 0) : new Source(text.substring(in + 1, colon).strip(), line);
    }

    private static int digits(String text) {
      String plain = text.endsWith(".") ? text.substring(0, text.length() - 1) : text;
      if (plain.isEmpty()
          || plain.length() > 7
          || !plain.chars().allMatch(c -> c >= '0' && c <= '9')) {
        return -1;
      }
      return Math.min(Integer.parseInt(plain), MAX_LINE_NUMBER);
    }
  }
}
