package io.crashmonitor.operator.storage;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import io.crashmonitor.report.DumpReport;
import io.crashmonitor.report.ExceptionSource;
import java.util.Optional;

/**
 * The few words of a report that status shows. Analysis and exceptions come from a pod and may be
 * of any shape: what is not there is empty, what is long is cut, nothing is searched deeper than
 * these paths.
 *
 * @param exception what was thrown, in words
 * @param source where that was read; empty when there is no exception
 * @param topFrame where
 * @param signature equal for equal crashes
 */
record AnalysisFacts(
    String exception, Optional<ExceptionSource> source, String topFrame, String signature) {
  private static final int TEXT_LIMIT = 300;
  private static final int SIGNATURE_LIMIT = 100;

  static AnalysisFacts of(DumpReport report) {
    JsonNode analysis = report.analysis() == null ? MissingNode.getInstance() : report.analysis();
    JsonNode managed = analysis.path("managed").path(0);
    ExceptionSource source = ExceptionSource.Dump;
    if (text(managed, "type", TEXT_LIMIT).isEmpty() && report.managed() != null) {
      managed = report.managed().path(0);
      source = Optional.ofNullable(report.exceptionSource()).orElse(ExceptionSource.Dump);
    }
    String thrown = managed(managed);
    String exception = thrown.isEmpty() ? ofWindows(analysis.path("exception")) : thrown;
    return new AnalysisFacts(
        exception,
        exception.isEmpty()
            ? Optional.empty()
            : Optional.of(thrown.isEmpty() ? ExceptionSource.Dump : source),
        topFrame(managed, analysis),
        text(analysis, "signature", SIGNATURE_LIMIT));
  }

  private static String managed(JsonNode exception) {
    String type = text(exception, "type", TEXT_LIMIT);
    String message = text(exception, "message", TEXT_LIMIT);
    return cut(type.isEmpty() || message.isEmpty() ? type : type + ": " + message, TEXT_LIMIT);
  }

  private static String ofWindows(JsonNode exception) {
    String reason = text(exception, "reason", TEXT_LIMIT);
    return reason.isEmpty() ? text(exception, "code", TEXT_LIMIT) : reason;
  }

  /**
   * The frame that the analysis names, unless the exception was read elsewhere and knows better; of
   * older sidecars' reports, which name none, the innermost.
   */
  private static String topFrame(JsonNode managed, JsonNode analysis) {
    String named = text(analysis, "topFrame", TEXT_LIMIT);
    String method = text(managed.path("frames").path(0), "method", TEXT_LIMIT);
    boolean ofAnalysis = managed.equals(analysis.path("managed").path(0));
    if (!named.isEmpty() && (ofAnalysis || method.isEmpty())) {
      return named;
    }
    if (!method.isEmpty()) {
      return method;
    }
    JsonNode frame = analysis.path("crashingThread").path("frames").path(0);
    String function = text(frame, "function", TEXT_LIMIT);
    String module = text(frame, "module", TEXT_LIMIT);
    String offset = text(frame, "offset", TEXT_LIMIT);
    if (frame.path("managed").asBoolean(false) && !function.isEmpty()) {
      return function;
    }
    if (!function.isEmpty()) {
      return cut(module.isEmpty() ? function : module + "!" + function, TEXT_LIMIT);
    }
    return cut(module.isEmpty() ? offset : module + "+" + offset, TEXT_LIMIT);
  }

  private static String text(JsonNode node, String field, int limit) {
    JsonNode value = node.path(field);
    return value.isTextual() ? cut(value.textValue().strip(), limit) : "";
  }

  private static String cut(String text, int limit) {
    if (text.length() <= limit) {
      return text;
    }
    int end = Character.isHighSurrogate(text.charAt(limit - 1)) ? limit - 1 : limit;
    return text.substring(0, end);
  }
}
