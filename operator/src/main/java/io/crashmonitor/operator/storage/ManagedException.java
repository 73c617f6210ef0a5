package io.crashmonitor.operator.storage;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.crashmonitor.report.ExceptionSource;

/**
 * Which of several tellers is believed about the managed exception of a crash: the dump, else what
 * ProcDump wrote, else what the app wrote. Pure; works on a report as a tree.
 */
final class ManagedException {
  private static final String MANAGED = "managed";
  private static final String SOURCE = "exceptionSource";

  private ManagedException() {}

  /** Puts the best that a report holds where its readers look. */
  static void settle(ObjectNode report) {
    if (tells(report.path("analysis").path(MANAGED))) {
      report.put(SOURCE, ExceptionSource.Dump.name());
      report.remove(MANAGED);
      return;
    }
    if (report.path("procdump") instanceof ObjectNode procdump && procdump.has(MANAGED)) {
      // Told once in a report, wherever it came from.
      offer(report, procdump.remove(MANAGED), ExceptionSource.ProcDump);
    }
  }

  /** Takes an exception unless the report has one from as good a source. */
  static void offer(ObjectNode report, JsonNode managed, ExceptionSource source) {
    String known = report.path(SOURCE).asText();
    boolean better = known.isEmpty() || ExceptionSource.valueOf(known).compareTo(source) > 0;
    if (tells(managed) && better) {
      report.set(MANAGED, managed);
      report.put(SOURCE, source.name());
    }
  }

  private static boolean tells(JsonNode managed) {
    return managed.isArray() && !managed.path(0).path("type").asText().isEmpty();
  }
}
