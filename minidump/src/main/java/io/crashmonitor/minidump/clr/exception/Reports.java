package io.crashmonitor.minidump.clr.exception;

import io.crashmonitor.minidump.report.CrashReport.ManagedException;
import io.crashmonitor.minidump.report.CrashReport.ManagedFrame;
import java.util.List;
import java.util.Optional;

/** From what was read to what is reported. */
public final class Reports {
  private Reports() {}

  /** The same chain as the report has it; {@code source} says how it was read. */
  public static List<ManagedException> exceptions(List<ExceptionObject> chain, String source) {
    return chain.stream().map(exception -> exception(exception, source)).toList();
  }

  private static ManagedException exception(ExceptionObject exception, String source) {
    return new ManagedException(
        exception.type(),
        exception.message().orElse(""),
        String.format("0x%08X", exception.hresult()),
        source,
        exception.frames().stream().map(Reports::frame).toList());
  }

  private static ManagedFrame frame(StackEntry entry) {
    Optional<ManagedMethod> method = entry.method();
    return new ManagedFrame(
        method.map(ManagedMethod::name).orElse("0x" + Long.toHexString(entry.ip())),
        method.map(ManagedMethod::parameters).orElse(""),
        method.map(ManagedMethod::assembly).orElse(""),
        "",
        0,
        entry.endOfForeignTrace());
  }
}
