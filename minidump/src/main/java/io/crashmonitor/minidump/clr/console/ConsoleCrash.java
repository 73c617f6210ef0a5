package io.crashmonitor.minidump.clr.console;

import io.crashmonitor.minidump.report.CrashReport.ManagedException;
import io.crashmonitor.minidump.report.CrashReport.ManagedFrame;
import java.util.List;

/**
 * What a .NET program wrote on its console when it died.
 *
 * @param kind how it died
 * @param message what follows the kind's words on the console: of a fail-fast, its reason; empty
 *     for an unhandled exception
 * @param exceptions outermost first, each with its own stack trace; empty where none is told
 * @param otherInner further inner exceptions of an AggregateException: those after its first
 * @param frames the stack of the thread that died, where it is not an exception's: fail-fast, stack
 *     overflow, fatal error
 */
public record ConsoleCrash(
    Kind kind,
    String message,
    List<ManagedException> exceptions,
    List<ManagedException> otherInner,
    List<ManagedFrame> frames) {

  /** How a .NET process ends by itself, by the words its runtime prints. */
  public enum Kind {
    /** "Unhandled exception." (.NET), "Unhandled Exception:" (.NET Framework, NativeAOT). */
    UNHANDLED_EXCEPTION,
    /** "Process terminated.": Environment.FailFast or a failed assertion. */
    FAIL_FAST,
    /** "Fatal error.": the runtime gave up, as after an access violation in native code. */
    FATAL_ERROR,
    /** "Stack overflow.", "Process is terminated due to StackOverflowException." */
    STACK_OVERFLOW
  }

  public ConsoleCrash {
    exceptions = List.copyOf(exceptions);
    otherInner = List.copyOf(otherInner);
    frames = List.copyOf(frames);
  }
}
