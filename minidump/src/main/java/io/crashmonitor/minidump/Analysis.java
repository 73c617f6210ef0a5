package io.crashmonitor.minidump;

import io.crashmonitor.minidump.clr.ManagedRuntime;
import io.crashmonitor.minidump.clr.ManagedRuntimes;
import io.crashmonitor.minidump.pe.Images;
import io.crashmonitor.minidump.reader.CpuContext;
import io.crashmonitor.minidump.reader.DumpThread;
import io.crashmonitor.minidump.reader.ExceptionInfo;
import io.crashmonitor.minidump.reader.Finding;
import io.crashmonitor.minidump.reader.Memory;
import io.crashmonitor.minidump.reader.MemoryRegion;
import io.crashmonitor.minidump.reader.Minidump;
import io.crashmonitor.minidump.reader.MinidumpException;
import io.crashmonitor.minidump.reader.StreamType;
import io.crashmonitor.minidump.reason.CodeNames;
import io.crashmonitor.minidump.reason.CrashReason;
import io.crashmonitor.minidump.report.CrashReport;
import io.crashmonitor.minidump.report.CrashReport.ManagedException;
import io.crashmonitor.minidump.report.CrashReport.ThreadStack;
import io.crashmonitor.minidump.report.Signature;
import io.crashmonitor.minidump.unwind.Code;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** One analysis of one dump: gathers the parts of the report. */
final class Analysis {
  private static final int MOST_OTHER_THREADS = 256;

  private final Minidump dump;
  private final Code code;
  private final AnalysisOptions options;
  private final Stacks stacks;
  private final Facts facts;

  Analysis(Minidump dump, Memory memory, AnalysisOptions options) {
    this.dump = dump;
    this.options = options;
    Optional<ManagedRuntime> runtime = ManagedRuntimes.detect(dump);
    this.code = new Code(dump.architecture(), memory, new Images(memory, dump.modules()), runtime);
    this.stacks = new Stacks(dump, code);
    this.facts = new Facts(dump, memory);
  }

  CrashReport report() {
    List<DumpThread> threads = dump.threads();
    Optional<ExceptionInfo> exception = dump.exception();
    if (threads.isEmpty() && exception.isEmpty()) {
      throw new MinidumpException(
          MinidumpException.Kind.NOTHING_TO_EXPLAIN,
          0,
          "the dump holds neither threads nor an exception: "
              + (dump.findings().list().isEmpty()
                  ? "it has only " + facts.streamNames()
                  : dump.findings().list().get(0).part()
                      + ": "
                      + dump.findings().list().get(0).message()));
    }
    Optional<Stacks.Walked> crashing = exception.flatMap(this::crashingStack);
    List<ManagedException> managed =
        exception
            .flatMap(e -> code.runtime().map(runtime -> runtime.exceptions(e.threadId())))
            .orElse(List.of());
    List<ThreadStack> others = otherStacks(threads, exception);
    Optional<CrashReason> reason =
        exception.map(e -> CrashReason.of(e, dump.systemInfo(), code.memory()));
    Signature signature =
        Signature.of(
            exception.map(e -> CodeNames.hex(e.code())).orElse(""),
            reason.map(CrashReason::access).orElse(""),
            managed,
            crashing.map(Stacks.Walked::signature).orElse(List.of()),
            options.skip());
    exception.ifPresent(e -> noteWhereItStruck(e, reason.orElseThrow()));
    noteWhatIsMissing(crashing);
    return new CrashReport(
        CrashReport.SCHEMA_VERSION,
        signature.key(),
        signature.parts(),
        Summary.of(
            dump.directory().first(StreamType.EXCEPTION).isPresent(),
            reason,
            crashing.map(Stacks.Walked::stack),
            managed),
        facts.dumpFacts(),
        facts.system(),
        facts.process(),
        exception.map(e -> facts.exception(e, reason.orElseThrow())).orElse(null),
        code.runtime().map(ManagedRuntime::description).map(Analysis::runtime).orElse(null),
        managed,
        threads.size(),
        crashing.map(Stacks.Walked::stack).orElse(null),
        others,
        dump.modules().count(),
        facts.modules(stacks.namedModules()),
        dump.findings().list().stream()
            .map(f -> new CrashReport.FindingFacts(f.part(), f.position(), f.message()))
            .toList());
  }

  private static CrashReport.Runtime runtime(ManagedRuntime.Description description) {
    return new CrashReport.Runtime(description.name(), description.version(), description.source());
  }

  /** The exception's registers are the crash; the thread list's are those of the dump's writing. */
  private Optional<Stacks.Walked> crashingStack(ExceptionInfo exception) {
    Optional<DumpThread> thread =
        dump.threads().stream().filter(t -> t.id() == exception.threadId()).findFirst();
    Optional<CpuContext> context = dump.context(exception).or(() -> thread.flatMap(dump::context));
    if (context.isEmpty()) {
      dump.findings()
          .add(Finding.of("Exception", "the dump has no registers of the crashing thread"));
    }
    return context.map(
        registers ->
            stacks.walk(
                exception.threadId(),
                registers,
                thread.map(Stacks::stackEnd).orElse(0L),
                options.crashingFrames()));
  }

  private List<ThreadStack> otherStacks(
      List<DumpThread> threads, Optional<ExceptionInfo> exception) {
    List<ThreadStack> others = new ArrayList<>();
    for (DumpThread thread : threads) {
      if (exception.isPresent() && exception.get().threadId() == thread.id()) {
        continue;
      }
      if (others.size() == MOST_OTHER_THREADS) {
        dump.findings()
            .add(
                Finding.of(
                    "ThreadList",
                    "stacks are given of " + MOST_OTHER_THREADS + " other threads only"));
        break;
      }
      others.add(
          dump.context(thread)
              .map(
                  registers ->
                      stacks
                          .walk(
                              thread.id(),
                              registers,
                              Stacks.stackEnd(thread),
                              options.otherFrames())
                          .stack())
              .orElseGet(() -> stacks.empty(thread.id())));
    }
    return others;
  }

  /** Where no module is, one may have been: and a bad address is often freed memory. */
  private void noteWhereItStruck(ExceptionInfo exception, CrashReason reason) {
    dump.unloadedModules().stream()
        .filter(module -> module.contains(exception.address()))
        .filter(module -> dump.modules().find(exception.address()).isEmpty())
        .findFirst()
        .ifPresent(
            module ->
                dump.findings()
                    .add(
                        Finding.at(
                            "Exception",
                            exception.address(),
                            "the address was in "
                                + module.name()
                                + "+"
                                + Facts.hex(exception.address() - module.base())
                                + ", which had been unloaded")));
    if (reason.accessAddress().isPresent()) {
      long address = reason.accessAddress().getAsLong();
      dump.region(address)
          .map(MemoryRegion::words)
          .filter(words -> !words.isEmpty())
          .ifPresent(
              words ->
                  dump.findings().add(Finding.at("Exception", address, "the address is " + words)));
    }
  }

  private void noteWhatIsMissing(Optional<Stacks.Walked> crashing) {
    boolean guessed =
        crashing
            .map(
                walked ->
                    walked.stack().frames().stream().anyMatch(f -> f.source().equals("guessed")))
            .orElse(false);
    if (guessed) {
      dump.findings()
          .add(
              Finding.of(
                  "stack",
                  "frames marked guessed were found by searching the stack, because no unwind table"
                      + " in the dump covers their callees; where a small dump lacks its images, a folder of"
                      + " the same PE files supplies them"));
    }
    boolean imageless =
        dump.modules().count() > 0 && code.images().of(dump.modules().list().get(0)).pe().isEmpty();
    if (imageless && code.runtime().isEmpty() && facts.windows()) {
      dump.findings()
          .add(
              Finding.of(
                  "managed",
                  "managed data is not available: the dump does not hold the memory of images and"
                      + " heap, as small and truncated dumps do not; dumps of type Full or MiniPlus"
                      + " carry managed exceptions"));
    }
  }
}
