package io.crashmonitor.minidump.unwind;

import io.crashmonitor.minidump.pe.RuntimeFunction;
import io.crashmonitor.minidump.reader.Memory;
import io.crashmonitor.minidump.reader.MinidumpException;

/**
 * UNWIND_INFO of amd64, versions 1 and 2: what a prolog did, so that it can be undone.
 *
 * <p>Source: "x64 exception handling", Microsoft; version 2 adds codes that describe epilogs, which
 * are skipped here because {@link Epilog} reads the code itself.
 */
final class UnwindInfo {
  private static final int CHAINED = 4;
  private static final int MOST_CHAINED = 32;

  private static final int PUSH_NONVOL = 0;
  private static final int ALLOC_LARGE = 1;
  private static final int ALLOC_SMALL = 2;
  private static final int SET_FPREG = 3;
  private static final int SAVE_NONVOL = 4;
  private static final int SAVE_NONVOL_FAR = 5;
  private static final int EPILOG = 6;
  private static final int SPARE = 7;
  private static final int SAVE_XMM128 = 8;
  private static final int SAVE_XMM128_FAR = 9;
  private static final int PUSH_MACHFRAME = 10;

  private final byte[] head;
  private final byte[] codes;
  private final long address;

  private UnwindInfo(Memory memory, long address) {
    this.address = address;
    this.head = memory.bytes(address, 4);
    int version = head[0] & 7;
    if (version < 1 || version > 2) {
      throw new MinidumpException(
          MinidumpException.Kind.UNREADABLE_MEMORY,
          address,
          "unwind information of version " + version);
    }
    this.codes = memory.bytes(address + 4, 2 * codeCount());
  }

  private boolean chained() {
    return (head[0] >>> 3 & CHAINED) != 0;
  }

  private int prologSize() {
    return head[1] & 0xFF;
  }

  private int codeCount() {
    return head[2] & 0xFF;
  }

  private int frameRegister() {
    return head[3] & 0xF;
  }

  private long frameOffset() {
    return (head[3] >>> 4 & 0xF) * 16L;
  }

  private int prologOffset(int slot) {
    return codes[2 * slot] & 0xFF;
  }

  private int operation(int slot) {
    return codes[2 * slot + 1] & 0xF;
  }

  private int info(int slot) {
    return codes[2 * slot + 1] >>> 4 & 0xF;
  }

  private long u16(int slot) {
    require(slot);
    return codes[2 * slot] & 0xFFL | (codes[2 * slot + 1] & 0xFFL) << 8;
  }

  private long u32(int slot) {
    return u16(slot) | u16(slot + 1) << 16;
  }

  private void require(int slot) {
    if (slot >= codeCount()) {
      throw new MinidumpException(
          MinidumpException.Kind.UNREADABLE_MEMORY, address, "unwind codes are cut off");
    }
  }

  /**
   * Undoes a function: registers become the caller's.
   *
   * @param exact whether the instruction pointer is where execution stopped (it may lie in an
   *     epilog) rather than a return address
   * @return whether a machine frame was crossed, so that the new instruction pointer is exact too
   * @throws MinidumpException where stack or unwind information cannot be read
   */
  static boolean unwind(
      Memory memory, RuntimeFunction function, Amd64Registers registers, boolean exact) {
    long offset = registers.ip - function.imageBase() - function.begin();
    UnwindInfo info = new UnwindInfo(memory, function.imageBase() + function.unwindInfo());
    // Not only where execution stopped: a prolog calls the stack probe before it allocates.
    boolean inProlog = offset < info.prologSize() && !info.chained();
    if (exact && !inProlog && Epilog.finish(memory, function, info.frameRegister(), registers)) {
      return false;
    }
    boolean machineFrame = info.apply(memory, registers, inProlog ? offset : Long.MAX_VALUE);
    for (int depth = 0; info.chained() && !machineFrame; depth++) {
      if (depth == MOST_CHAINED) {
        throw MinidumpException.unreadable(info.address);
      }
      info = new UnwindInfo(memory, function.imageBase() + info.chainedUnwindInfo(memory));
      machineFrame = info.apply(memory, registers, Long.MAX_VALUE);
    }
    if (!machineFrame) {
      registers.popReturnAddress(memory);
    }
    return machineFrame;
  }

  /**
   * The RVA at which the whole function begins, of which this entry may be a split-off part.
   *
   * @throws MinidumpException where it cannot be read
   */
  static long primaryBegin(Memory memory, RuntimeFunction function) {
    long begin = function.begin();
    UnwindInfo info = new UnwindInfo(memory, function.imageBase() + function.unwindInfo());
    for (int depth = 0; info.chained() && depth < MOST_CHAINED; depth++) {
      begin = memory.u32(info.chainEntry());
      info = new UnwindInfo(memory, function.imageBase() + info.chainedUnwindInfo(memory));
    }
    return begin;
  }

  /** A RUNTIME_FUNCTION follows the codes, which are padded to an even count. */
  private long chainEntry() {
    return address + 4 + 2L * ((codeCount() + 1) & ~1);
  }

  private long chainedUnwindInfo(Memory memory) {
    return memory.u32(chainEntry() + 8) & ~1L;
  }

  /** Undoes the codes of a prolog that ran up to {@code offset}. */
  private boolean apply(Memory memory, Amd64Registers registers, long offset) {
    long frame = frameBase(registers, offset);
    for (int slot = 0; slot < codeCount(); slot += slots(slot)) {
      if (prologOffset(slot) > offset) {
        continue;
      }
      switch (operation(slot)) {
        case PUSH_NONVOL -> registers.r[info(slot)] = registers.pop(memory);
        case ALLOC_LARGE ->
            registers.sp(registers.sp() + (info(slot) == 0 ? u16(slot + 1) * 8 : u32(slot + 1)));
        case ALLOC_SMALL -> registers.sp(registers.sp() + info(slot) * 8L + 8);
        case SET_FPREG -> registers.sp(registers.r[frameRegister()] - frameOffset());
        case SAVE_NONVOL -> registers.r[info(slot)] = memory.u64(frame + u16(slot + 1) * 8);
        case SAVE_NONVOL_FAR -> registers.r[info(slot)] = memory.u64(frame + u32(slot + 1));
        case PUSH_MACHFRAME -> {
          long at = registers.sp() + (info(slot) != 0 ? 8 : 0);
          registers.ip = memory.u64(at);
          registers.sp(memory.u64(at + 24));
          return true;
        }
        default -> {
          // xmm registers and descriptions of epilogs do not matter for the stack
        }
      }
    }
    return false;
  }

  private long frameBase(Amd64Registers registers, long offset) {
    if (frameRegister() == 0) {
      return registers.sp();
    }
    for (int slot = 0; slot < codeCount(); slot += slots(slot)) {
      if (operation(slot) == SET_FPREG && prologOffset(slot) > offset) {
        return registers.sp();
      }
    }
    return registers.r[frameRegister()] - frameOffset();
  }

  private int slots(int slot) {
    return switch (operation(slot)) {
      case ALLOC_LARGE -> info(slot) == 0 ? 2 : 3;
      case SAVE_NONVOL, SAVE_XMM128 -> 2;
      case SAVE_NONVOL_FAR, SAVE_XMM128_FAR, SPARE -> 3;
      case PUSH_NONVOL, ALLOC_SMALL, SET_FPREG, EPILOG, PUSH_MACHFRAME -> 1;
      default ->
          throw new MinidumpException(
              MinidumpException.Kind.UNREADABLE_MEMORY,
              address,
              "unknown unwind operation " + operation(slot));
    };
  }
}
