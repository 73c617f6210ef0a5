package io.crashmonitor.operator.storage;

import io.crashmonitor.api.CrashKind;
import io.crashmonitor.api.DumpState;
import io.crashmonitor.report.CrashId;
import io.crashmonitor.report.DumpReport;
import io.crashmonitor.report.ExceptionSource;
import io.crashmonitor.report.ExitCode;
import io.crashmonitor.report.ExitCodeSource;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * A report's metadata in storage, both ways: what a listing needs to tell of a crash without
 * opening its report. Values are printable ASCII; everything else is percent-encoded. All values
 * together stay under Azure's limit of 8 KiB.
 */
final class ReportMetadata {
  private static final int TEXT_LIMIT = 1200;
  private static final int NAME_LIMIT = 1024;
  private static final String HEX = "0123456789ABCDEF";

  private ReportMetadata() {}

  static Map<String, String> of(DumpReport report) {
    AnalysisFacts facts = AnalysisFacts.of(report);
    Map<String, String> m = new LinkedHashMap<>();
    m.put("crashid", report.crashId());
    put(m, "runid", report.runId(), 100);
    put(m, "pod", report.pod(), NAME_LIMIT);
    put(m, "poduid", report.podUid(), 100);
    put(m, "container", report.container(), 300);
    put(m, "process", report.process(), 300);
    m.put("pid", Long.toString(report.pid()));
    if (report.processStart() != null) {
      m.put("processstart", report.processStart().toString());
    }
    m.put("time", report.time().toString());
    m.put("kind", report.kind().name());
    m.put("exitcode", report.exitCode());
    m.put("exitcodesource", report.exitCodeSource().name());
    m.put("dump", report.dump().name());
    put(m, "blob", report.blob(), NAME_LIMIT);
    put(m, "exception", facts.exception(), TEXT_LIMIT);
    facts.source().ifPresent(source -> m.put("exceptionsource", source.name()));
    put(m, "topframe", facts.topFrame(), TEXT_LIMIT);
    put(m, "signature", facts.signature(), 300);
    m.put("analysed", Boolean.toString(report.analysis() != null));
    if (report.restartCount() != null) {
      m.put("restartcount", report.restartCount().toString());
    }
    if (report.previousLog() != null) {
      m.put("logged", "true");
    }
    if (report.attachedAfterMillis() != null) {
      m.put("attachedaftermillis", report.attachedAfterMillis().toString());
    }
    return m;
  }

  /** Empty when it is not the metadata of a report of ours. */
  static Optional<StoredCrash> parse(Map<String, String> m) {
    try {
      return Optional.of(
          new StoredCrash(
              new CrashId(text(m, "crashid")),
              text(m, "runid"),
              text(m, "pod"),
              text(m, "poduid"),
              text(m, "container"),
              text(m, "process"),
              Long.parseLong(text(m, "pid")),
              Optional.ofNullable(m.get("processstart")).map(Instant::parse),
              Instant.parse(text(m, "time")),
              CrashKind.valueOf(text(m, "kind")),
              ExitCode.parse(text(m, "exitcode")).orElseThrow(IllegalArgumentException::new),
              ExitCodeSource.valueOf(text(m, "exitcodesource")),
              DumpState.valueOf(text(m, "dump")),
              Optional.of(text(m, "blob")).filter(blob -> !blob.isEmpty()),
              text(m, "exception"),
              text(m, "topframe"),
              text(m, "signature"),
              Boolean.parseBoolean(m.get("analysed")),
              Optional.ofNullable(m.get("restartcount")).map(Integer::valueOf),
              Optional.ofNullable(m.get("exceptionsource")).map(ExceptionSource::valueOf),
              Boolean.parseBoolean(m.get("logged")),
              Optional.ofNullable(m.get("attachedaftermillis"))
                  .map(Long::valueOf)
                  .map(Duration::ofMillis)));
    } catch (IllegalArgumentException | DateTimeException notOurs) {
      return Optional.empty();
    }
  }

  private static void put(Map<String, String> m, String key, String value, int limit) {
    if (value != null && !value.isEmpty()) {
      m.put(key, encode(value, limit));
    }
  }

  private static String text(Map<String, String> m, String key) {
    return decode(m.getOrDefault(key, ""));
  }

  /** Whole characters only, as many as fit into the limit of encoded bytes. */
  static String encode(String text, int limit) {
    StringBuilder out = new StringBuilder();
    for (int i = 0; i < text.length(); ) {
      int c = text.codePointAt(i);
      int before = out.length();
      if (c > 0x20 && c < 0x7F && c != '%' || c == ' ' && single(text, i)) {
        out.append((char) c);
      } else {
        for (byte b : Character.toString(c).getBytes(StandardCharsets.UTF_8)) {
          out.append('%').append(HEX.charAt(b >> 4 & 15)).append(HEX.charAt(b & 15));
        }
      }
      if (out.length() > limit) {
        out.setLength(before);
        break;
      }
      i += Character.charCount(c);
    }
    return out.toString().stripTrailing();
  }

  /** HTTP keeps a blank only between other characters, and one of several. */
  private static boolean single(String text, int i) {
    return i > 0 && i < text.length() - 1 && text.charAt(i - 1) != ' ';
  }

  /** Whatever it is given: what is no encoding stays as it is. */
  static String decode(String text) {
    byte[] bytes = new byte[text.length()];
    int length = 0;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '%' && i + 2 < text.length() && hex(text, i) >= 0) {
        bytes[length++] = (byte) hex(text, i);
        i += 2;
      } else {
        bytes[length++] = (byte) (c < 0x80 ? c : '?');
      }
    }
    return new String(bytes, 0, length, StandardCharsets.UTF_8);
  }

  private static int hex(String text, int percent) {
    int high = Character.digit(text.charAt(percent + 1), 16);
    int low = Character.digit(text.charAt(percent + 2), 16);
    return high < 0 || low < 0 ? -1 : high << 4 | low;
  }
}
