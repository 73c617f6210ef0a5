package io.crashmonitor.minidump.unwind;

import io.crashmonitor.minidump.reader.CpuContext;
import io.crashmonitor.minidump.reader.Memory;

/** The integer registers of a frame, changed in place from callee to caller. */
final class Amd64Registers {
  static final int RSP = 4;
  static final int RBP = 5;

  final long[] r = new long[16];
  long ip;

  Amd64Registers(CpuContext context) {
    for (int i = 0; i < r.length; i++) {
      r[i] = context.registers().get(i);
    }
    ip = context.ip();
  }

  private Amd64Registers(Amd64Registers other) {
    System.arraycopy(other.r, 0, r, 0, r.length);
    ip = other.ip;
  }

  Amd64Registers copy() {
    return new Amd64Registers(this);
  }

  void set(Amd64Registers other) {
    System.arraycopy(other.r, 0, r, 0, r.length);
    ip = other.ip;
  }

  long sp() {
    return r[RSP];
  }

  void sp(long value) {
    r[RSP] = value;
  }

  long pop(Memory memory) {
    long value = memory.u64(r[RSP]);
    r[RSP] += 8;
    return value;
  }

  /** What {@code ret} does. */
  void popReturnAddress(Memory memory) {
    ip = pop(memory);
  }
}
