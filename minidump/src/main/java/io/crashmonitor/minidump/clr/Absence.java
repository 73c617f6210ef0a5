package io.crashmonitor.minidump.clr;

import io.crashmonitor.minidump.clr.exception.Raised;
import io.crashmonitor.minidump.reader.Architecture;
import io.crashmonitor.minidump.reader.DumpModule;
import io.crashmonitor.minidump.reader.ExceptionInfo;
import io.crashmonitor.minidump.reader.Finding;
import io.crashmonitor.minidump.reader.Minidump;
import io.crashmonitor.minidump.reader.StreamType;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * Says why there is no managed data where the process was a managed one: a silent gap would read as
 * "a native crash".
 */
final class Absence {
  private static final int ACCESS_VIOLATION = 0xC0000005;
  private static final Set<String> RUNTIMES =
      Set.of("coreclr.dll", "clr.dll", "clrjit.dll", "mscorwks.dll");

  private Absence() {}

  static void explain(Minidump dump) {
    sign(dump)
        .ifPresent(
            sign ->
                dump.findings()
                    .add(
                        Finding.of(
                            "managed",
                            "managed data is not available: " + sign + ", but " + reason(dump))));
  }

  private static String reason(Minidump dump) {
    if (dump.architecture() != Architecture.AMD64) {
      return "it is read of amd64 processes only: the exception can be read from the program's console output";
    }
    boolean full = dump.directory().first(StreamType.MEMORY64_LIST).isPresent();
    return full
        ? "no runtime in it describes its memory (.NET 9 and later do): the exception can be read from the"
            + " program's console output"
        : "the dump holds neither the heap nor the images' memory: a full dump (-ma) does";
  }

  /** What tells that the process was managed. */
  private static Optional<String> sign(Minidump dump) {
    Optional<ExceptionInfo> raised = dump.exception();
    if (raised.filter(exception -> exception.code() == Raised.MANAGED_EXCEPTION).isPresent()) {
      return Optional.of("the exception is the .NET runtime's (0xE0434352)");
    }
    List<DumpModule> modules = dump.modules().list();
    Optional<String> runtime =
        modules.stream()
            .map(DumpModule::name)
            .filter(name -> RUNTIMES.contains(name.toLowerCase(Locale.ROOT)))
            .findFirst();
    if (runtime.isPresent()) {
      return runtime.map(name -> "the process ran " + name);
    }
    // The CLR turns an access violation into NullReferenceException and, unhandled, raises it again
    // by RaiseException.
    return raised
        .filter(exception -> exception.code() == ACCESS_VIOLATION)
        .flatMap(exception -> dump.modules().find(exception.address()))
        .filter(module -> module.name().equalsIgnoreCase("kernelbase.dll"))
        .map(module -> "the access violation was raised by software, as the .NET runtime does");
  }
}
