package io.crashmonitor.minidump;

import io.crashmonitor.minidump.pe.LoadedImage;
import io.crashmonitor.minidump.reader.CpuContext;
import io.crashmonitor.minidump.reader.DumpModule;
import io.crashmonitor.minidump.reader.DumpThread;
import io.crashmonitor.minidump.reader.Minidump;
import io.crashmonitor.minidump.reader.ThreadInfo;
import io.crashmonitor.minidump.report.CrashReport;
import io.crashmonitor.minidump.report.Signature;
import io.crashmonitor.minidump.unwind.Code;
import io.crashmonitor.minidump.unwind.FrameNames;
import io.crashmonitor.minidump.unwind.FrameSource;
import io.crashmonitor.minidump.unwind.RawFrame;
import io.crashmonitor.minidump.unwind.Recursion;
import io.crashmonitor.minidump.unwind.StackWalk;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Walks threads and puts their stacks into the report's words. */
final class Stacks {
  /** Deep enough for the recursion that fills a stack of several megabytes. */
  private static final int DEEPEST = 64 * 1024;

  private static final String CLR_EXPORT = "DotNetRuntimeContractDescriptor";

  private final Minidump dump;
  private final Code code;
  private final StackWalk walk;
  private final FrameNames names;
  private final Map<Long, DumpModule> named = new LinkedHashMap<>();
  private final Map<Long, Boolean> carriesClr = new LinkedHashMap<>();

  Stacks(Minidump dump, Code code) {
    this.dump = dump;
    this.code = code;
    this.walk = StackWalk.of(code);
    this.names = new FrameNames(code);
  }

  /**
   * A stack, and how the signature sees it.
   *
   * @param signature its frames
   * @param recursion the functions of its longest recursion, each once and in an order of their
   *     own: which of them, or what they call, hits the stack's end is chance; empty without
   */
  record Walked(
      CrashReport.ThreadStack stack,
      List<Signature.Part> signature,
      List<Signature.Part> recursion) {}

  /** Modules that frames named so far. */
  List<DumpModule> namedModules() {
    return List.copyOf(named.values());
  }

  /** The address after the thread's stack memory. */
  static long stackEnd(DumpThread thread) {
    return thread.stackStart() + thread.stack().size();
  }

  CrashReport.ThreadStack empty(long id) {
    return stack(id, List.of(), false);
  }

  private CrashReport.ThreadStack stack(long id, List<CrashReport.Frame> frames, boolean more) {
    Optional<ThreadInfo> info = Optional.ofNullable(dump.threadInfos().get(id));
    return new CrashReport.ThreadStack(
        id,
        dump.threadNames().getOrDefault(id, ""),
        frames,
        more,
        info.map(known -> start(known.startAddress())).orElse(""),
        info.flatMap(ThreadInfo::created).map(Instant::toString).orElse(""),
        info.map(known -> known.user().toMillis()).orElse(0L),
        info.map(known -> known.kernel().toMillis()).orElse(0L));
  }

  private String start(long address) {
    if (address == 0) {
      return "";
    }
    RawFrame frame = new RawFrame(address, true, FrameSource.CONTEXT, Optional.empty());
    FrameNames.Named place = names.name(frame);
    String module = place.module().map(DumpModule::name).orElse("");
    if (place.function().isPresent()) {
      return module + "!" + place.function().get();
    }
    return place
        .module()
        .map(found -> module + "+" + Facts.hex(address - found.base()))
        .orElseGet(() -> Facts.hex(address));
  }

  Walked walk(long id, CpuContext context, long stackEnd, int limit) {
    boolean deep = dump.exception().map(e -> e.threadId() == id).orElse(false);
    List<RawFrame> raw = walk.walk(context, deep ? DEEPEST : limit + 1, stackEnd);
    List<Recursion.Folded> folded = Recursion.fold(raw);
    List<CrashReport.Frame> frames = new ArrayList<>();
    List<Signature.Part> parts = new ArrayList<>();
    for (Recursion.Folded frame : folded.subList(0, Math.min(limit, folded.size()))) {
      FrameNames.Named place = names.name(frame.frame());
      place.module().ifPresent(module -> named.put(module.base(), module));
      frames.add(frame(frame, place));
      parts.add(part(frame.frame(), place));
    }
    return new Walked(
        stack(id, frames, folded.size() > limit || raw.size() == DEEPEST),
        parts,
        recursion(folded, parts));
  }

  private static List<Signature.Part> recursion(
      List<Recursion.Folded> folded, List<Signature.Part> parts) {
    int longest = -1;
    for (int i = 0; i < parts.size(); i++) {
      boolean longer = longest < 0 || depth(folded.get(i)) > depth(folded.get(longest));
      longest = folded.get(i).repeats() > 1 && longer ? i : longest;
    }
    if (longest < 0) {
      return List.of();
    }
    int end = Math.min(parts.size(), longest + folded.get(longest).cycle());
    return parts.subList(longest, end).stream()
        .distinct()
        .sorted(
            Comparator.comparing(Signature.Part::module).thenComparing(Signature.Part::function))
        .toList();
  }

  private static int depth(Recursion.Folded frame) {
    return frame.repeats() * frame.cycle();
  }

  private static CrashReport.Frame frame(Recursion.Folded folded, FrameNames.Named place) {
    long ip = folded.frame().ip();
    return new CrashReport.Frame(
        place.module().map(DumpModule::name).orElse(""),
        Facts.hex(place.module().map(module -> ip - module.base()).orElse(ip)),
        place.function().orElse(""),
        place.functionOffset().isPresent() ? Facts.hex(place.functionOffset().getAsLong()) : "",
        managed(folded.frame()),
        folded.frame().source().label(),
        folded.repeats(),
        folded.cycle());
  }

  private static boolean managed(RawFrame frame) {
    return frame.managed().map(code -> !code.method().isEmpty()).orElse(false);
  }

  private Signature.Part part(RawFrame frame, FrameNames.Named place) {
    String function =
        place
            .function()
            .orElseGet(
                () ->
                    Facts.hex(
                        place
                            .functionBegin()
                            .orElse(
                                place
                                    .module()
                                    .map(module -> frame.pc() - module.base())
                                    .orElse(0L))));
    return new Signature.Part(
        place.module().map(DumpModule::name).orElse(""),
        function,
        frame.source() != FrameSource.GUESSED,
        managed(frame),
        place.function().isEmpty() && place.module().map(this::carriesClr).orElse(false));
  }

  /** A single-file app has the runtime in its own image: its unnamed frames are the runtime's. */
  private boolean carriesClr(DumpModule module) {
    return carriesClr.computeIfAbsent(
        module.base(),
        base -> {
          Optional<LoadedImage> image = code.images().find(base);
          return image.flatMap(found -> found.exports().find(CLR_EXPORT)).isPresent();
        });
  }
}
