package io.crashmonitor.minidump;

import io.crashmonitor.minidump.clr.ManagedRuntime;
import io.crashmonitor.minidump.reader.DumpThread;
import io.crashmonitor.minidump.reader.Finding;
import io.crashmonitor.minidump.reader.Minidump;
import io.crashmonitor.minidump.report.CrashReport.ManagedException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The exception a dump was written for that does not say so: the .NET runtime's own dumps
 * (createdump, {@code DOTNET_DbgEnableMiniDump}) carry no exception record on Windows, but the
 * runtime in them knows which thread has an exception in flight.
 *
 * @param thread that has it
 * @param managed the exception and its inner ones
 */
record InFlight(DumpThread thread, List<ManagedException> managed) {
  private static final int MOST_THREADS = 1024;

  /** The only thread with an exception in flight; of several none can be told from the others. */
  static Optional<InFlight> find(Minidump dump, ManagedRuntime runtime) {
    List<InFlight> found = new ArrayList<>();
    for (DumpThread thread : dump.threads().stream().limit(MOST_THREADS).toList()) {
      List<ManagedException> managed = runtime.exceptions(thread.id());
      if (!managed.isEmpty()) {
        found.add(new InFlight(thread, managed));
      }
    }
    found.forEach(each -> dump.findings().add(each.finding(found.size() == 1)));
    return found.size() == 1 ? Optional.of(found.get(0)) : Optional.empty();
  }

  private Finding finding(boolean alone) {
    return Finding.of(
        "managed",
        "the dump has no exception record; thread "
            + thread.id()
            + " deals with "
            + managed.get(0).type()
            + (alone
                ? ", which is taken for the crash"
                : ", as others do: which of them is the crash cannot be told"));
  }
}
