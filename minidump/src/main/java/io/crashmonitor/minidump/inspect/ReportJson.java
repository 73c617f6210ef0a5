package io.crashmonitor.minidump.inspect;

import io.crashmonitor.minidump.report.CrashReport;
import java.lang.reflect.RecordComponent;
import java.util.List;
import java.util.Locale;

/**
 * The report as JSON: each record an object with its components in their order. Written here rather
 * than by a binding library, because that would be half of a cold process's time.
 */
final class ReportJson {
  private final StringBuilder json = new StringBuilder(16 * 1024);

  private ReportJson() {}

  static String write(CrashReport report) {
    ReportJson writer = new ReportJson();
    writer.value(report, 0);
    return writer.json.toString();
  }

  private void value(Object value, int depth) {
    if (value instanceof String text) {
      text(text);
    } else if (value instanceof List<?> list) {
      list(list, depth);
    } else if (value instanceof Record record) {
      object(record, depth);
    } else {
      // numbers, booleans and null are their own JSON
      json.append(value);
    }
  }

  private void object(Record record, int depth) {
    json.append('{');
    String separator = "";
    for (RecordComponent component : record.getClass().getRecordComponents()) {
      json.append(separator);
      line(depth + 1);
      text(component.getName());
      json.append(": ");
      value(component(record, component), depth + 1);
      separator = ",";
    }
    line(depth);
    json.append('}');
  }

  private static Object component(Record record, RecordComponent component) {
    try {
      return component.getAccessor().invoke(record);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("the report's records are public and do not throw", e);
    }
  }

  private void list(List<?> list, int depth) {
    json.append('[');
    String separator = "";
    for (Object element : list) {
      json.append(separator);
      if (element instanceof Record) {
        line(depth + 1);
      }
      value(element, depth + 1);
      separator = element instanceof Record ? "," : ", ";
    }
    if (!list.isEmpty() && list.get(0) instanceof Record) {
      line(depth);
    }
    json.append(']');
  }

  private void line(int depth) {
    json.append('\n').append("  ".repeat(depth));
  }

  private void text(String text) {
    json.append('"');
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      switch (c) {
        case '"', '\\' -> json.append('\\').append(c);
        case '\n' -> json.append("\\n");
        case '\r' -> json.append("\\r");
        case '\t' -> json.append("\\t");
        default -> {
          if (c < ' ' || c == 0x7F || halfOfAPair(text, i)) {
            json.append(String.format(Locale.ROOT, "\\u%04x", (int) c));
          } else {
            json.append(c);
          }
        }
      }
    }
    json.append('"');
  }

  /** Half a surrogate pair has no form in UTF-8; a broken dump may hold one. */
  private static boolean halfOfAPair(String text, int at) {
    char c = text.charAt(at);
    if (Character.isHighSurrogate(c)) {
      return at + 1 == text.length() || !Character.isLowSurrogate(text.charAt(at + 1));
    }
    return Character.isLowSurrogate(c)
        && (at == 0 || !Character.isHighSurrogate(text.charAt(at - 1)));
  }
}
