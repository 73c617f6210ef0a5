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
   */
  static String of(
      boolean forException,
      Optional<CrashReason> reason,
      Optional<CrashReport.ThreadStack> crashing,
      List<CrashReport.ManagedException> managed) {
    if (reason.isEmpty()) {
      return forException
          ? "The exception cannot be read: the dump is broken or truncated"
          : "No exception: the dump shows the process as it was";
    }
    if (!managed.isEmpty()) {
      CrashReport.ManagedException outer = managed.get(0);
      String message = outer.message().lines().findFirst().orElse("");
      return outer.type()
          + (message.isEmpty() ? "" : ": " + message)
          + outer.frames().stream().findFirst().map(f -> " in " + f.method()).orElse("");
    }
    return reason.get().words()
        + crashing
            .flatMap(stack -> stack.frames().stream().findFirst())
            .map(frame -> " in " + place(frame))
            .orElse("");
  }

  private static String place(CrashReport.Frame frame) {
    if (!frame.function().isEmpty()) {
      return frame.managed() ? frame.function() : frame.module() + "!" + frame.function();
    }
    return frame.module().isEmpty()
        ? "no module at " + frame.offset()
        : frame.module() + "+" + frame.offset();
  }
}
