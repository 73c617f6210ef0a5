package io.crashmonitor.minidump.clr.contract;

import io.crashmonitor.minidump.clr.metadata.ClrReadException;
import io.crashmonitor.minidump.clr.metadata.View;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * From an instruction pointer to the compiled method around it (contract ExecutionManager;
 * dotnet/runtime docs/design/datacontracts/ExecutionManager.md). Versions 1 and 2 differ in how the
 * nibble map is searched; both are read, since the newer form is a superset that the entries
 * themselves tell apart.
 */
public final class CodeMap {
  private static final int LEVELS = 5;
  private static final int MAX_FRAGMENTS = 256;
  private static final int MAX_UNWIND_INFOS = 4096;
  private static final int RANGE_IS_CODE_HEAP = 2;
  private static final int POINTER = 8;

  private final View view;
  private final Descriptor descriptor;
  private final NibbleMap nibbles;
  private final ReadyToRunCode readyToRun;

  CodeMap(View view, Descriptor descriptor) {
    this.view = view;
    this.descriptor = descriptor;
    this.nibbles = new NibbleMap(view, descriptor);
    this.readyToRun = new ReadyToRunCode(view, descriptor);
  }

  /**
   * Compiled code of one method.
   *
   * @param start address of its first instruction
   * @param methodDesc the method
   * @param unwindBase what the unwind data's addresses are relative to
   * @param runtimeFunction address of the RUNTIME_FUNCTION that covers the instruction pointer;
   *     empty where there is none
   */
  public record Code(long start, long methodDesc, long unwindBase, long runtimeFunction) {}

  /** The code around an instruction pointer; empty where the runtime did not compile it. */
  public Optional<Code> find(long ip) {
    if (descriptor.optionalGlobal("ExecutionManagerCodeRangeMapAddress").isEmpty()) {
      return Optional.empty(); // .NET 9 does not describe its code
    }
    Optional<Long> section = section(ip);
    if (section.isEmpty()) {
      return Optional.empty();
    }
    long range = section.get();
    long module = view.pointer(range + descriptor.offset("RangeSection", "R2RModule"));
    if (module != 0) {
      return readyToRun.find(ip, range, module);
    }
    int flags = view.i32(range + descriptor.offset("RangeSection", "Flags"));
    return (flags & RANGE_IS_CODE_HEAP) == 0 ? Optional.empty() : jitted(ip, range);
  }

  private Optional<Long> section(long ip) {
    long table =
        descriptor.global("ExecutionManagerCodeRangeMapAddress")
            + descriptor.offset("RangeSectionMap", "TopLevelData");
    for (int level = LEVELS; level > 0; level--) {
      int shift = 17 + 8 * (level - 1);
      long entry = view.pointer(table + POINTER * (ip >>> shift & 0xFF));
      table = entry & ~1L;
      if (table == 0) {
        return Optional.empty();
      }
    }
    return fragment(ip, table);
  }

  private Optional<Long> fragment(long ip, long first) {
    long fragment = first;
    for (int i = 0; i < MAX_FRAGMENTS && fragment != 0; i++) {
      long begin = view.pointer(fragment + descriptor.offset("RangeSectionFragment", "RangeBegin"));
      long end = view.pointer(fragment + descriptor.offset("RangeSectionFragment", "RangeEndOpen"));
      if (Long.compareUnsigned(ip, begin) >= 0 && Long.compareUnsigned(ip, end) < 0) {
        return Optional.of(
            view.pointer(fragment + descriptor.offset("RangeSectionFragment", "RangeSection")));
      }
      fragment = view.pointer(fragment + descriptor.offset("RangeSectionFragment", "Next")) & ~1L;
    }
    return Optional.empty();
  }

  private Optional<Code> jitted(long ip, long range) {
    OptionalLong found = nibbles.methodStart(ip, range);
    if (found.isEmpty()) {
      return Optional.empty();
    }
    long start = found.getAsLong();
    long header = view.pointer(start - POINTER);
    if (Long.compareUnsigned(header, descriptor.global("StubCodeBlockLast")) <= 0) {
      return Optional.empty();
    }
    long base = view.pointer(range + descriptor.offset("RangeSection", "RangeBegin"));
    long method = view.pointer(header + descriptor.offset("RealCodeHeader", "MethodDesc"));
    OptionalLong unwind = unwind(ip, header, base);
    // All jitted code has unwind data: an address that none covers lies behind the method, in a
    // stub.
    return unwind.isEmpty()
        ? Optional.empty()
        : Optional.of(new Code(start, method, base, unwind.getAsLong()));
  }

  private OptionalLong unwind(long ip, long header, long base) {
    int count = view.i32(header + descriptor.offset("RealCodeHeader", "NumUnwindInfos"));
    if (count < 0 || count > MAX_UNWIND_INFOS) {
      throw new ClrReadException("method with " + count + " unwind infos", header);
    }
    int size = descriptor.size("RuntimeFunction");
    long first = header + descriptor.offset("RealCodeHeader", "UnwindInfos");
    for (int i = 0; i < count; i++) {
      long function = first + (long) i * size;
      long begin = base + view.u32(function + descriptor.offset("RuntimeFunction", "BeginAddress"));
      long end = base + view.u32(function + descriptor.offset("RuntimeFunction", "EndAddress"));
      if (Long.compareUnsigned(ip, begin) >= 0 && Long.compareUnsigned(ip, end) < 0) {
        return OptionalLong.of(function);
      }
    }
    return OptionalLong.empty();
  }
}
