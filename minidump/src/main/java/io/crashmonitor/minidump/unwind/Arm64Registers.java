package io.crashmonitor.minidump.unwind;

import io.crashmonitor.minidump.reader.CpuContext;
import io.crashmonitor.minidump.reader.Memory;

/** The integer registers of an arm64 frame, changed in place from callee to caller. */
final class Arm64Registers {
  static final int FP = 29;
  static final int LR = 30;

  final long[] x = new long[31];
  long sp;
  long pc;

  Arm64Registers(CpuContext context) {
    for (int i = 0; i < x.length; i++) {
      x[i] = context.registers().get(i);
    }
    sp = context.sp();
    pc = context.ip();
  }

  private Arm64Registers(Arm64Registers other) {
    set(other);
  }

  Arm64Registers copy() {
    return new Arm64Registers(this);
  }

  void set(Arm64Registers other) {
    System.arraycopy(other.x, 0, x, 0, x.length);
    sp = other.sp;
    pc = other.pc;
  }

  /** Loads a register that was saved; what a hostile table numbers beyond x30 is left alone. */
  void restore(Memory memory, int register, long address) {
    if (register <= LR) {
      x[register] = memory.u64(address);
    }
  }
}
