package io.crashmonitor.minidump.clr.console;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The first line of a printed exception: {@code Shop.OrderException: no stock}. External errors
 * carry their number: {@code System.Runtime.InteropServices.COMException (0x80004005): …}.
 *
 * @param type full name
 * @param message first line of it
 * @param hresult {@code 0x80004005}; empty where it is not printed
 */
record HeaderLine(String type, String message, String hresult) {
  private static final int MAX_TYPE = 1024;
  private static final Pattern HEX = Pattern.compile("\\((0x[0-9A-Fa-f]{8})[^)]{0,32}\\)");

  /** The header, where the text can be one. */
  static Optional<HeaderLine> parse(String text) {
    int end = typeEnd(text);
    if (end <= 0) {
      return Optional.empty();
    }
    String type = text.substring(0, end);
    String rest = text.substring(end);
    String hresult = "";
    if (rest.startsWith(" (")) {
      Matcher number = HEX.matcher(rest);
      int close = rest.indexOf(')');
      if (close < 0 || close > 48) {
        return Optional.empty();
      }
      hresult = number.find() && number.start() == 1 ? number.group(1) : "";
      rest = rest.substring(close + 1);
    }
    if (!rest.isEmpty() && !rest.startsWith(":")) {
      return Optional.empty();
    }
    return Optional.of(
        new HeaderLine(type, rest.isEmpty() ? "" : rest.substring(1).strip(), upper(hresult)));
  }

  private static String upper(String hex) {
    return hex.isEmpty() ? hex : "0x" + hex.substring(2).toUpperCase(java.util.Locale.ROOT);
  }

  /**
   * Where a type's full name ends; its arguments stand in brackets and may hold spaces. 0 where
   * there is none.
   */
  private static int typeEnd(String text) {
    int depth = 0;
    int limit = Math.min(text.length(), MAX_TYPE);
    for (int i = 0; i < limit; i++) {
      char c = text.charAt(i);
      if (c == '[') {
        depth++;
      } else if (c == ']') {
        depth--;
      } else if (depth == 0 && !isNamePart(c, i)) {
        return i;
      }
    }
    return depth == 0 && limit == text.length() ? limit : 0;
  }

  private static boolean isNamePart(char c, int index) {
    return index == 0
        ? Character.isLetter(c) || c == '_'
        : Character.isLetterOrDigit(c) || "_.+`$<>|".indexOf(c) >= 0;
  }
}
