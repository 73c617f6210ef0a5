package io.crashmonitor.minidump.clr.json;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Reads a JSON text (RFC 8259; comments and trailing commas are let pass, as the runtimes' own
 * readers do) of at most 1 Mi characters, 32 levels and 100 000 values: it comes out of a crashed
 * process. A text that is not JSON, or beyond a limit, is no value; nothing is thrown.
 */
public final class JsonText {
  private static final int MAX_LENGTH = 1 << 20;
  private static final int MAX_DEPTH = 32;
  private static final int MAX_VALUES = 100_000;

  private final String text;
  private int at;
  private int values;

  private JsonText(String text) {
    this.text = text;
  }

  /** The value of a text; empty where it is not JSON or too big. */
  public static Optional<JsonValue> parse(String text) {
    if (text.length() > MAX_LENGTH) {
      return Optional.empty();
    }
    try {
      return Optional.of(new JsonText(text).whole());
    } catch (Refused refused) {
      return Optional.empty();
    }
  }

  private JsonValue whole() {
    JsonValue value = value(0);
    if (peek() != '\0' || at < text.length()) {
      throw new Refused();
    }
    return value;
  }

  private JsonValue value(int depth) {
    if (depth > MAX_DEPTH || ++values > MAX_VALUES) {
      throw new Refused();
    }
    return switch (peek()) {
      case '{' -> object(depth);
      case '[' -> array(depth);
      case '"' -> new JsonValue.Scalar(quoted(), true);
      default -> literal();
    };
  }

  private JsonValue object(int depth) {
    Map<String, JsonValue> members = new HashMap<>();
    at++;
    while (peek() != '}') {
      String name = quoted();
      expect(':');
      members.put(name, value(depth + 1));
      separator('}');
    }
    at++;
    return new JsonValue.Members(members);
  }

  private JsonValue array(int depth) {
    List<JsonValue> items = new ArrayList<>();
    at++;
    while (peek() != ']') {
      items.add(value(depth + 1));
      separator(']');
    }
    at++;
    return new JsonValue.Items(items);
  }

  private void separator(char end) {
    char next = peek();
    if (next == ',') {
      at++;
    } else if (next != end) {
      throw new Refused();
    }
  }

  private void expect(char wanted) {
    if (peek() != wanted) {
      throw new Refused();
    }
    at++;
  }

  private JsonValue literal() {
    int start = at;
    while (at < text.length()
        && "+-.0123456789abcdefghijklmnopqrstuvwxyzE".indexOf(text.charAt(at)) >= 0) {
      at++;
    }
    String word = text.substring(start, at);
    boolean known = word.equals("true") || word.equals("false") || word.equals("null");
    if (!known && !isNumber(word)) {
      throw new Refused();
    }
    return new JsonValue.Scalar(word, false);
  }

  private static boolean isNumber(String word) {
    return word.length() <= 64 && word.matches("-?[0-9]+(\\.[0-9]+)?([eE][+-]?[0-9]+)?");
  }

  private String quoted() {
    if (peek() != '"') {
      throw new Refused();
    }
    at++;
    StringBuilder out = new StringBuilder();
    while (true) {
      char c = next();
      if (c == '"') {
        return out.toString();
      }
      out.append(c == '\\' ? escaped() : c);
    }
  }

  private char escaped() {
    char c = next();
    return switch (c) {
      case '"', '\\', '/' -> c;
      case 'b' -> '\b';
      case 'f' -> '\f';
      case 'n' -> '\n';
      case 'r' -> '\r';
      case 't' -> '\t';
      case 'u' -> (char) (hex() << 12 | hex() << 8 | hex() << 4 | hex());
      default -> throw new Refused();
    };
  }

  private int hex() {
    int digit = Character.digit(next(), 16);
    if (digit < 0) {
      throw new Refused();
    }
    return digit;
  }

  private char next() {
    if (at >= text.length()) {
      throw new Refused();
    }
    return text.charAt(at++);
  }

  /** The next character that is neither space nor comment, not taken; NUL at the end. */
  private char peek() {
    while (at < text.length()) {
      char c = text.charAt(at);
      if (text.startsWith("//", at)) {
        skipPast("\n");
      } else if (text.startsWith("/*", at)) {
        skipPast("*/");
      } else if (c == ' ' || c == '\t' || c == '\r' || c == '\n') {
        at++;
      } else {
        return c;
      }
    }
    return '\0';
  }

  private void skipPast(String mark) {
    int found = text.indexOf(mark, at + 2);
    at = found < 0 ? text.length() : found + mark.length();
  }

  private static final class Refused extends RuntimeException {
    Refused() {
      super("not JSON", null, false, false);
    }
  }
}
