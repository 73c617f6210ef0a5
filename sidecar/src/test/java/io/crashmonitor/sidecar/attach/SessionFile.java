package io.crashmonitor.sidecar.attach;

import java.time.Instant;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** {@code control\session.properties} as the agent writes it. */
record SessionFile(
    boolean armed,
    String disarmedReason,
    String disarmAt,
    String process,
    List<String> arguments,
    List<String> again,
    int volumePercent) {

  /** Small dumps of unhandled exceptions, of the entry process and its children. */
  static SessionFile ofCrashes() {
    return new SessionFile(
        true,
        "",
        "",
        "",
        List.of("-accepteula", "-mm", "-e", "-n", "1", "-at", "60"),
        List.of(),
        1);
  }

  SessionFile disarmed(String reason) {
    return new SessionFile(false, reason, disarmAt, process, arguments, again, volumePercent);
  }

  SessionFile disarmAt(Instant time) {
    return new SessionFile(
        armed,
        disarmedReason,
        Long.toString(time.toEpochMilli()),
        process,
        arguments,
        again,
        volumePercent);
  }

  SessionFile process(String pattern) {
    return new SessionFile(
        armed, disarmedReason, disarmAt, pattern, arguments, again, volumePercent);
  }

  SessionFile arguments(String... procdump) {
    return new SessionFile(
        armed, disarmedReason, disarmAt, process, List.of(procdump), again, volumePercent);
  }

  /** Of a process that was dumped and lives on. */
  SessionFile again(String... procdump) {
    return new SessionFile(
        armed, disarmedReason, disarmAt, process, arguments, List.of(procdump), volumePercent);
  }

  SessionFile volumePercent(int percent) {
    return new SessionFile(armed, disarmedReason, disarmAt, process, arguments, again, percent);
  }

  String text() {
    String head =
        """
        version=1
        armed=%s
        disarmedReason=%s
        disarmAt=%s
        process=%s
        disk.commitPercent=150
        disk.volumePercent=%d
        """
            .formatted(armed, disarmedReason, disarmAt, process, volumePercent);
    return head + lines("arg.", arguments) + lines("again.", again);
  }

  private static String lines(String prefix, List<String> values) {
    return IntStream.range(0, values.size())
        .mapToObj(i -> prefix + i + "=" + values.get(i) + "\n")
        .collect(Collectors.joining());
  }
}
