package io.crashmonitor.minidump;

import io.crashmonitor.minidump.clr.ManagedRuntime;
import io.crashmonitor.minidump.clr.ManagedRuntimes;
import io.crashmonitor.minidump.pe.DynamicFunctions;
import io.crashmonitor.minidump.pe.Images;
import io.crashmonitor.minidump.reader.CpuContext;
import io.crashmonitor.minidump.reader.DumpThread;
import io.crashmonitor.minidump.reader.ExceptionInfo;
import io.crashmonitor.minidump.reader.Finding;
import io.crashmonitor.minidump.reader.Memory;
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
import java.util.OptionalLong;

/** One analysis of one dump: gathers the parts of the report. */
final class Analysis {
  private static final int MOST_OTHER_THREADS = 256;
  private static final int STACK_OVERFLOW = 0xC00000FD;
  private static final int CLR_EXCEPTION = 0xE0434352;

  private final Minidump dump;
  private final Code code;
  private final AnalysisOptions options;
  private final Stacks stacks;
  private final Facts facts;

  Analysis(Minidump dump, Memory memory, AnalysisOptions options) {
    this.dump = dump;
    this.options = options;
    Optional<ManagedRuntime> runtime = ManagedRuntimes.detect(dump, memory);
    this.code =
        new Code(
            dump.architecture(),
            memory,
            new Images(memory, dump.modules()),
            runtime,
            new DynamicFunctions(dump.bytes(), dump.dynamicTables()));
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
    Optional<CrashReason> reason =
        exception.map(e -> CrashReason.of(e, dump.systemInfo(), code.memory()));
    Crash crash = exception.map(this::recorded).orElseGet(this::inFlight);
    List<ThreadStack> others = otherStacks(threads, crash);
    Signature signature = signature(exception, reason, crash);
    String topFrame = TopFrame.of(crash.managed(), crash.stack(), options.skip());
    Notes notes = new Notes(dump, code);
    exception.ifPresent(e -> notes.whereItStruck(e, reason.orElseThrow()));
    notes.whatIsMissing(crash.stack().map(Stacks.Walked::stack));
    return new CrashReport(
        CrashReport.SCHEMA_VERSION,
        signature.key(),
        signature.parts(),
        Summary.of(
            dump.directory().first(StreamType.EXCEPTION).isPresent(),
            reason,
            crash.managed(),
            topFrame),
        topFrame,
        facts.dumpFacts(),
        facts.system(),
        facts.process(),
        exception.map(e -> facts.exception(e, reason.orElseThrow())).orElse(null),
        code.runtime().map(ManagedRuntime::description).map(Analysis::runtime).orElse(null),
        crash.managed(),
        threads.size(),
        crash.stack().map(Stacks.Walked::stack).orElse(null),
        others,
        dump.modules().count(),
        facts.modules(stacks.namedModules()),
        dump.findings().list().stream()
            .map(f -> new CrashReport.FindingFacts(f.part(), f.position(), f.message()))
            .toList());
  }

  /**
   * What crashed.
   *
   * @param thread its id; empty where no thread is known to have crashed
   * @param stack of that thread
   * @param managed exceptions of that thread, outermost first
   */
  private record Crash(
      OptionalLong thread, Optional<Stacks.Walked> stack, List<ManagedException> managed) {}

  private Crash recorded(ExceptionInfo exception) {
    long thread = exception.threadId();
    return new Crash(
        OptionalLong.of(thread),
        crashingStack(exception),
        code.runtime().map(runtime -> runtime.exceptions(thread)).orElse(List.of()));
  }

  private Crash inFlight() {
    return code.runtime()
        .flatMap(runtime -> InFlight.find(dump, runtime))
        .map(
            found ->
                new Crash(
                    OptionalLong.of(found.thread().id()),
                    dump.context(found.thread())
                        .map(
                            registers ->
                                stacks.walk(
                                    found.thread().id(),
                                    registers,
                                    Stacks.stackEnd(found.thread()),
                                    options.crashingFrames())),
                    found.managed()))
        .orElse(new Crash(OptionalLong.empty(), Optional.empty(), List.of()));
  }

  /** An exception in flight would have ended the process under the CLR's code. */
  private Signature signature(
      Optional<ExceptionInfo> exception, Optional<CrashReason> reason, Crash crash) {
    return Signature.of(
        exception
            .map(e -> CodeNames.hex(e.code()))
            .orElse(crash.managed().isEmpty() ? "" : CodeNames.hex(CLR_EXCEPTION)),
        reason.map(CrashReason::access).orElse(""),
        crash.managed(),
        crash.stack().map(walked -> keyFrames(walked, exception)).orElse(List.of()),
        options.skip());
  }

  private static List<Signature.Part> keyFrames(
      Stacks.Walked walked, Optional<ExceptionInfo> exception) {
    boolean overflow = exception.map(e -> e.code() == STACK_OVERFLOW).orElse(false);
    return overflow && !walked.recursion().isEmpty() ? walked.recursion() : walked.signature();
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

  private List<ThreadStack> otherStacks(List<DumpThread> threads, Crash crash) {
    List<ThreadStack> others = new ArrayList<>();
    for (DumpThread thread : threads) {
      if (crash.thread().isPresent() && crash.thread().getAsLong() == thread.id()) {
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
}
