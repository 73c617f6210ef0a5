package io.crashmonitor.operator.storage;

import com.fasterxml.jackson.databind.JsonNode;

/**
 * The few words of an analysis that status shows. The analysis comes from a pod and may be of any
 * shape: what is not there is empty, what is long is cut, nothing is searched deeper than these
 * paths.
 *
 * @param exception what was thrown, in words
 * @param topFrame where
 * @param signature equal for equal crashes
 */
record AnalysisFacts(String exception, String topFrame, String signature) {
  private static final int TEXT_LIMIT = 300;
  private static final int SIGNATURE_LIMIT = 100;

  static AnalysisFacts of(JsonNode analysis) {
    if (analysis == null || !analysis.isObject()) {
      return new AnalysisFacts("", "", "");
    }
    return new AnalysisFacts(
        exception(analysis), topFrame(analysis), text(analysis, "signature", SIGNATURE_LIMIT));
  }

  private static String exception(JsonNode analysis) {
    JsonNode managed = analysis.path("managed").path(0);
    String type = text(managed, "type", TEXT_LIMIT);
    String message = text(managed, "message", TEXT_LIMIT);
    if (!type.isEmpty()) {
      return cut(message.isEmpty() ? type : type + ": " + message, TEXT_LIMIT);
    }
    JsonNode exception = analysis.path("exception");
    String reason = text(exception, "reason", TEXT_LIMIT);
    return reason.isEmpty() ? text(exception, "code", TEXT_LIMIT) : reason;
  }

  private static String topFrame(JsonNode analysis) {
    JsonNode managed = analysis.path("managed").path(0).path("frames").path(0);
    String method = text(managed, "method", TEXT_LIMIT);
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
