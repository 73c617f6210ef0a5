package io.crashmonitor.minidump.clr.nativeaot;

import io.crashmonitor.minidump.clr.json.JsonText;
import io.crashmonitor.minidump.clr.json.JsonValue;
import io.crashmonitor.minidump.clr.metadata.Text;
import java.util.List;
import java.util.Optional;

/**
 * The record in which a NativeAOT program (.NET 8 and later) leaves why it died: a JSON text in its
 * memory (dotnet/runtime CrashInfo.cs; dotnet/diagnostics CrashInfoService.cs).
 *
 * @param runtimeVersion of .NET, empty where it is not said
 * @param reason 1 unhandled exception, 2 Environment.FailFast, 3 failure of the runtime, 0 not
 *     known
 * @param message given to FailFast, or again the unhandled exception's
 * @param exception the unhandled one
 */
public record CrashRecord(
    String runtimeVersion, int reason, String message, Optional<RecordedException> exception) {

  private static final int MAX_FRAMES = 512;
  private static final int MAX_INNER = 32;

  /**
   * An exception of the record.
   *
   * @param hresult as {@code 0x80131500}; empty where it is not said
   * @param stack the throwing method first
   * @param inner inner exceptions; more than one only of an AggregateException
   */
  public record RecordedException(
      String type,
      String message,
      String hresult,
      List<RecordedFrame> stack,
      List<RecordedException> inner) {}

  /**
   * A frame of the record.
   *
   * @param ip instruction pointer, 0 where it is not said
   * @param name of the method, empty where the program was built without
   */
  public record RecordedFrame(long ip, String name) {}

  /** Reads a record; empty where the text is none. */
  public static Optional<CrashRecord> parse(String json) {
    return JsonText.parse(json)
        .filter(root -> root.member("version").isPresent())
        .map(
            root ->
                new CrashRecord(
                    text(root, "runtime_version"),
                    root.member("reason").flatMap(JsonValue::integer).map(Long::intValue).orElse(0),
                    text(root, "message"),
                    root.member("exception")
                        .filter(CrashRecord::isObject)
                        .map(CrashRecord::exception)));
  }

  private static boolean isObject(JsonValue value) {
    return value instanceof JsonValue.Members;
  }

  private static RecordedException exception(JsonValue value) {
    return new RecordedException(
        text(value, "type"),
        text(value, "message"),
        value
            .member("hr")
            .flatMap(JsonValue::integer)
            .map(hr -> String.format("0x%08X", hr.intValue()))
            .orElse(""),
        value.member("stack").map(JsonValue::items).orElse(List.of()).stream()
            .limit(MAX_FRAMES)
            .map(CrashRecord::frame)
            .toList(),
        value.member("inner").map(JsonValue::items).orElse(List.of()).stream()
            .limit(MAX_INNER)
            .filter(CrashRecord::isObject)
            .map(CrashRecord::exception)
            .toList());
  }

  private static RecordedFrame frame(JsonValue value) {
    return new RecordedFrame(
        value.member("ip").flatMap(JsonValue::integer).orElse(0L),
        Text.oneLine(text(value, "name")));
  }

  private static String text(JsonValue value, String name) {
    return value.member(name).flatMap(JsonValue::string).map(Text::lines).orElse("");
  }
}
