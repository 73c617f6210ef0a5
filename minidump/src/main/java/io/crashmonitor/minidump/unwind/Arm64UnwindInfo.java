package io.crashmonitor.minidump.unwind;

import io.crashmonitor.minidump.pe.RuntimeFunction;
import io.crashmonitor.minidump.reader.Memory;

/**
 * Undoes an arm64 function by its {@code .pdata} entry: packed into the entry itself for the usual
 * prologs, else {@code .xdata}.
 *
 * <p>Source: "ARM64 exception handling", Microsoft.
 */
final class Arm64UnwindInfo {
  private Arm64UnwindInfo() {}

  /**
   * Registers become the caller's.
   *
   * @param exact whether pc is where execution stopped
   * @return whether a machine frame was crossed, so that the new pc is exact too
   */
  static boolean unwind(
      Memory memory, RuntimeFunction function, Arm64Registers registers, boolean exact) {
    long into = registers.pc - function.imageBase() - function.begin();
    boolean machineFrame =
        (function.unwindInfo() & 3) == 0
            ? full(memory, function, registers, exact ? into : -1)
            : packed(memory, (int) function.unwindInfo(), registers, exact ? into : -1);
    if (!machineFrame) {
      registers.pc = registers.x[Arm64Registers.LR];
    }
    return machineFrame;
  }

  /** {@code .xdata}: header, epilog scopes, codes. {@code into} is -1 for a return address. */
  private static boolean full(
      Memory memory, RuntimeFunction function, Arm64Registers registers, long into) {
    long at = function.imageBase() + function.unwindInfo();
    int header = memory.i32(at);
    boolean epilogInHeader = (header & 1 << 21) != 0;
    int epilogs = header >>> 22 & 0x1F;
    int words = header >>> 27;
    at += 4;
    if (epilogs == 0 && words == 0) {
      int extended = memory.i32(at);
      epilogs = extended & 0xFFFF;
      words = extended >>> 16 & 0xFF;
      at += 4;
    }
    long scopes = at;
    long codesAt = epilogInHeader ? at : at + 4L * epilogs;
    Arm64UnwindCodes codes = new Arm64UnwindCodes(memory, memory.bytes(codesAt, 4 * words));
    if (into < 0) {
      return codes.apply(registers, 0, 0);
    }
    int prolog = codes.count(0);
    if (into < 4L * prolog) {
      return codes.apply(registers, 0, prolog - (int) (into / 4));
    }
    if (epilogInHeader) {
      long start = function.end() - function.begin() - 4L * (codes.count(epilogs) + 1);
      return into > start
          ? codes.apply(registers, epilogs, (int) (into - start) / 4)
          : codes.apply(registers, 0, 0);
    }
    for (int i = 0; i < epilogs; i++) {
      int scope = memory.i32(scopes + 4L * i);
      long start = (scope & 0x3FFFF) * 4L;
      int index = scope >>> 22;
      if (into > start && into <= start + 4L * codes.count(index)) {
        return codes.apply(registers, index, (int) (into - start) / 4);
      }
    }
    return codes.apply(registers, 0, 0);
  }

  /**
   * The packed form: a prolog that saves {@code regI} registers from x19 on, lr, fp and lr, and
   * allocates, in one fixed order. Stopped in that prolog's first instruction, nothing has run.
   */
  private static boolean packed(Memory memory, int entry, Arm64Registers registers, long into) {
    if (into == 0) {
      return false;
    }
    int regF = entry >>> 13 & 7;
    int regI = entry >>> 16 & 0xF;
    int homed = entry >>> 20 & 1;
    int chain = entry >>> 21 & 3;
    long frameSize = (entry >>> 23 & 0x1FF) * 16L;
    long integers = regI * 8L + (chain == 1 ? 8 : 0);
    long floats = regF == 0 ? 0 : regF * 8L + 8;
    long saved = integers + floats + 64L * homed + 15 & ~15L;
    long local = frameSize - saved;
    if (chain >= 2) {
      // fp was set to sp once fp and lr were stored at its top: they lie where fp points.
      long fp = registers.x[Arm64Registers.FP];
      registers.sp = fp;
      registers.restore(memory, Arm64Registers.FP, fp);
      registers.restore(memory, Arm64Registers.LR, fp + 8);
    }
    registers.sp += local;
    for (int i = 0; i < regI; i++) {
      registers.restore(memory, 19 + i, registers.sp + 8L * i);
    }
    if (chain == 1) {
      registers.restore(memory, Arm64Registers.LR, registers.sp + 8L * regI);
    }
    if (chain == 2) {
      registers.x[Arm64Registers.LR] &= 0x0000_FFFF_FFFF_FFFFL;
    }
    registers.sp += saved;
    return false;
  }
}
