package io.crashmonitor.testbed.node;

import java.util.Map;

/** Kubernetes' {@code $(NAME)} in commands, arguments and values of the environment. */
final class Variables {
  private Variables() {}

  /**
   * Puts values in for {@code $(NAME)}; an unknown name stays as it is written, and {@code
   * $$(NAME)} is the way to write {@code $(NAME)}.
   */
  static String expand(String text, Map<String, String> values) {
    StringBuilder expanded = new StringBuilder();
    int at = 0;
    while (at < text.length()) {
      char c = text.charAt(at);
      if (c != '$' || at + 1 == text.length()) {
        expanded.append(c);
        at++;
      } else if (text.charAt(at + 1) == '$') {
        expanded.append('$');
        at += 2;
      } else {
        int close = text.charAt(at + 1) == '(' ? text.indexOf(')', at) : -1;
        int end = close < 0 ? at + 1 : close + 1;
        String reference = text.substring(at, end);
        expanded.append(
            close < 0 ? reference : values.getOrDefault(text.substring(at + 2, close), reference));
        at = end;
      }
    }
    return expanded.toString();
  }
}
