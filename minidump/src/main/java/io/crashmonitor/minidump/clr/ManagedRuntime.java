package io.crashmonitor.minidump.clr;

import io.crashmonitor.minidump.report.CrashReport.ManagedException;
import java.util.List;
import java.util.Optional;

/**
 * A managed runtime found in a dump: what it knows about exceptions and about code that no module's
 * unwind table covers.
 *
 * <p>None of the methods throws: what cannot be read is an empty answer and a finding of the dump
 * ({@code dump.findings()}, part {@code managed}). Each is bounded in time and memory whatever the
 * dump holds; {@link #resolve} is asked once for each frame and must be fast for addresses that are
 * not managed code.
 */
public interface ManagedRuntime {
  /** What it is, for the report: {@code .NET 10.0.9}, and how it was read. */
  Description description();

  /**
   * The exception in flight on the thread and its inner ones, outermost first; empty where there is
   * none or it cannot be read.
   *
   * @param osThreadId id of the operating system's thread
   */
  List<ManagedException> exceptions(long osThreadId);

  /**
   * The code at an instruction pointer. The native unwinder asks for every address outside all
   * modules, and for addresses in images with a CLI header (ReadyToRun code). For frames after the
   * first the address asked is the return address less one, so that it lies inside the call.
   */
  Optional<ManagedCode> resolve(long ip);

  /**
   * What the runtime is.
   *
   * @param name e.g. {@code .NET}
   * @param version e.g. {@code 10.0.9}; empty where it is not known
   * @param source how it was read: {@code contract}, {@code heuristic}, {@code crash-record}
   */
  record Description(String name, String version, String source) {}
}
