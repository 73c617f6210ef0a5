package io.crashmonitor.minidump;

import io.crashmonitor.minidump.reason.CrashReason;
import io.crashmonitor.minidump.report.CrashReport;
import java.util.List;
import java.util.Optional;

/** The crash in one line. */
final class Summary {
  private Summary() {}

  /**
   * The line.
   *
   * @param forException whether the dump says it was written for an exception, readable or not
   * @param topFrame where it happened; empty when not known
   */
  static String of(
      boolean forException,
      Optional<CrashReason> reason,
      List<CrashReport.ManagedException> managed,
      String topFrame) {
    if (reason.isEmpty() && managed.isEmpty()) {
      return forException
          ? "The exception cannot be read: the dump is broken or truncated"
          : "No exception is recorded in the dump: it shows the process as it was";
    }
    String what = managed.isEmpty() ? reason.get().words() : thrown(managed.get(0));
    if (topFrame.isEmpty()) {
      return what;
    }
    return what + (topFrame.startsWith("0x") ? " at " : " in ") + topFrame;
  }

  private static String thrown(CrashReport.ManagedException outer) {
    String message = outer.message().lines().findFirst().orElse("");
    return message.isEmpty() ? outer.type() : outer.type() + ": " + message;
  }
}
