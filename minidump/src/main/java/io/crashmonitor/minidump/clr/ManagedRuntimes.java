package io.crashmonitor.minidump.clr;

import io.crashmonitor.minidump.clr.contract.ContractManagedRuntime;
import io.crashmonitor.minidump.clr.exception.Raised;
import io.crashmonitor.minidump.clr.heuristic.HeuristicManagedRuntime;
import io.crashmonitor.minidump.clr.metadata.View;
import io.crashmonitor.minidump.clr.nativeaot.NativeAotRuntime;
import io.crashmonitor.minidump.reader.Architecture;
import io.crashmonitor.minidump.reader.DumpModule;
import io.crashmonitor.minidump.reader.Memory;
import io.crashmonitor.minidump.reader.Minidump;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Finds the managed runtime of a dump. */
public final class ManagedRuntimes {
  /** Exception code of the CLR, and which of its parameters is the base of the runtime's module. */
  private static final int MANAGED_EXCEPTION = 0xE0434352;

  private static final int RUNTIME_PARAMETER = 4;
  private static final String CORECLR = "coreclr.dll";

  private ManagedRuntimes() {}

  /**
   * The runtime, if the process carried one that can be read.
   *
   * @param dump open for as long as the runtime is used
   * @param memory of the process, with supplied images where the dump lacks them
   */
  public static Optional<ManagedRuntime> detect(Minidump dump, Memory memory) {
    // The record of a NativeAOT program is text, whatever processor it ran on.
    Optional<ManagedRuntime> runtime =
        NativeAotRuntime.detect(dump)
            .or(
                () ->
                    dump.architecture() == Architecture.AMD64
                        ? find(dump, memory)
                        : Optional.empty());
    if (runtime.isEmpty()) {
      Absence.explain(dump);
    }
    return runtime;
  }

  private static Optional<ManagedRuntime> find(Minidump dump, Memory memory) {
    View view = new View(memory);
    return describingItself(dump, view)
        .or(
            () ->
                dump.modules()
                    .named(CORECLR)
                    .flatMap(m -> HeuristicManagedRuntime.of(dump, memory, m)));
  }

  private static Optional<ManagedRuntime> describingItself(Minidump dump, View view) {
    Optional<Raised> raised = Raised.in(dump, view.memory());
    return candidates(dump)
        .flatMap(
            base -> ContractManagedRuntime.inModule(view, base, dump.findings(), raised).stream())
        .findFirst();
  }

  /**
   * Modules that may be a runtime, the likely ones first: what the exception names, the program,
   * coreclr.dll, the rest.
   */
  private static Stream<Long> candidates(Minidump dump) {
    Stream<Long> raised =
        dump.exception().stream()
            .filter(exception -> exception.code() == Raised.MANAGED_EXCEPTION)
            .filter(exception -> exception.parameters().size() > RUNTIME_PARAMETER)
            .map(exception -> exception.parameters().get(RUNTIME_PARAMETER));
    List<DumpModule> modules = dump.modules().list();
    Stream<Long> likely =
        modules.stream()
            .filter(module -> module.name().equalsIgnoreCase(CORECLR))
            .map(DumpModule::base);
    return Stream.of(raised, likely, modules.stream().map(DumpModule::base))
        .flatMap(bases -> bases)
        .distinct();
  }
}
