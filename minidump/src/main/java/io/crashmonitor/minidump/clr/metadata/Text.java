package io.crashmonitor.minidump.clr.metadata;

/**
 * Makes text of a crashed process safe to show: it may hold terminal escapes, halves of surrogate
 * pairs or line breaks.
 */
public final class Text {
  private Text() {}

  /** A name: every control character becomes '?'. */
  public static String oneLine(String raw) {
    return clean(raw, false);
  }

  /** A message: line breaks and tabs stay, every other control character becomes '?'. */
  public static String lines(String raw) {
    return clean(raw, true);
  }

  private static String clean(String raw, boolean breaks) {
    StringBuilder out = new StringBuilder(raw.length());
    for (int i = 0; i < raw.length(); i++) {
      char c = raw.charAt(i);
      if (Character.isHighSurrogate(c)
          && i + 1 < raw.length()
          && Character.isLowSurrogate(raw.charAt(i + 1))) {
        out.append(c).append(raw.charAt(++i));
      } else if (Character.isSurrogate(c)) {
        out.append('\uFFFD');
      } else if (breaks && (c == '\n' || c == '\t')) {
        out.append(c);
      } else if (c == '\r' && breaks) {
        continue;
      } else {
        out.append(isHidden(c) ? '?' : c);
      }
    }
    return out.toString();
  }

  /** Control characters, and those that turn the direction of a line around on a terminal. */
  private static boolean isHidden(char c) {
    return Character.isISOControl(c)
        || (c >= '\u202A' && c <= '\u202E')
        || (c >= '\u2066' && c <= '\u2069')
        || c == '\u2028'
        || c == '\u2029';
  }
}
