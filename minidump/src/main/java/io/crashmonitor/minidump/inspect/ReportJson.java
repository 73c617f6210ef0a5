package io.crashmonitor.minidump.inspect;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.crashmonitor.minidump.report.CrashReport;

/** The report as JSON. */
final class ReportJson {
  private ReportJson() {}

  static String write(CrashReport report) {
    try {
      return JsonMapper.builder()
          .enable(SerializationFeature.INDENT_OUTPUT)
          .build()
          .writeValueAsString(report);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("records of texts and numbers always go to JSON", e);
    }
  }
}
