package io.crashmonitor.minidump.unwind;

import io.crashmonitor.minidump.reader.Memory;
import io.crashmonitor.minidump.reader.MinidumpException;

/**
 * The unwind codes of arm64 {@code .xdata}: bytes, each code undoing one instruction of the prolog,
 * the last first.
 *
 * <p>Source: "ARM64 exception handling", Microsoft.
 */
final class Arm64UnwindCodes {
  private static final int END = 0xE4;
  private static final int END_C = 0xE5;
  private static final int SAVE_NEXT = 0xE6;
  private static final int MACHINE_FRAME = 0xE9;

  private final byte[] codes;
  private final Memory memory;
  private int pendingPairs;

  Arm64UnwindCodes(Memory memory, byte[] codes) {
    this.memory = memory;
    this.codes = codes;
  }

  private int u8(int at) {
    if (at >= codes.length) {
      throw new MinidumpException(
          MinidumpException.Kind.UNREADABLE_MEMORY, 0, "arm64 unwind codes are cut off");
    }
    return codes[at] & 0xFF;
  }

  /** How many instructions the codes from an index on stand for. */
  int count(int from) {
    int count = 0;
    for (int at = from; at < codes.length && u8(at) != END && u8(at) != END_C; at += length(at)) {
      count++;
    }
    return count;
  }

  /**
   * Undoes the codes.
   *
   * @param from index of the first
   * @param skip instructions that have not run (prolog) or have been undone already (epilog)
   * @return whether a machine frame gave pc and sp, so that the return address is not in lr
   */
  boolean apply(Arm64Registers registers, int from, int skip) {
    int number = 0;
    for (int at = from; at < codes.length && u8(at) != END; at += length(at)) {
      if (u8(at) == MACHINE_FRAME && number >= skip) {
        long frame = registers.sp;
        registers.sp = memory.u64(frame);
        registers.pc = memory.u64(frame + 8);
        return true;
      }
      if (number++ >= skip) {
        undo(registers, at);
      }
    }
    return false;
  }

  private int length(int at) {
    int code = u8(at);
    if (code < 0xC0 || code >= 0xE1 && code != 0xE2 && code != 0xE7) {
      return 1;
    }
    return code == 0xE0 ? 4 : code == 0xE7 ? 3 : 2;
  }

  private void undo(Arm64Registers registers, int at) {
    int code = u8(at);
    if (code < 0x20) {
      registers.sp += (code & 0x1F) * 16L;
    } else if (code < 0x40) {
      pair(registers, 19, 0);
      registers.sp += (code & 0x1F) * 8L;
    } else if (code < 0x80) {
      frameAndReturn(registers, (code & 0x3F) * 8L);
    } else if (code < 0xC0) {
      frameAndReturn(registers, 0);
      registers.sp += (code & 0x3F) * 8L + 8;
    } else if (code < 0xE0) {
      twoBytes(registers, code, u8(at + 1));
    } else {
      special(registers, code, at);
    }
  }

  private void twoBytes(Arm64Registers registers, int code, int second) {
    int wide = (code & 3) << 8 | second;
    int register = 19 + (wide >>> 6);
    long offset = (second & 0x3F) * 8L;
    if (code < 0xC8) {
      registers.sp += ((code & 7) << 8 | second) * 16L;
    } else if (code < 0xCC) {
      pair(registers, register, offset);
    } else if (code < 0xD0) {
      pair(registers, register, 0);
      registers.sp += offset + 8;
    } else if (code < 0xD4) {
      registers.restore(memory, register, registers.sp + offset);
    } else if (code < 0xD6) {
      registers.restore(memory, 19 + ((code & 1) << 3 | second >>> 5), registers.sp);
      registers.sp += (second & 0x1F) * 8L + 8;
    } else if (code < 0xD8) {
      registers.restore(memory, 19 + 2 * ((code & 1) << 2 | second >>> 6), registers.sp + offset);
      registers.restore(memory, Arm64Registers.LR, registers.sp + offset + 8);
    } else {
      floating(registers, code, second);
    }
  }

  /** Floating-point registers do not matter, but those saved with an allocation move the stack. */
  private void floating(Arm64Registers registers, int code, int second) {
    pendingPairs = 0;
    if (code == 0xDA || code == 0xDB) {
      registers.sp += (second & 0x3F) * 8L + 8;
    } else if (code == 0xDE) {
      registers.sp += (second & 0x1F) * 8L + 8;
    }
  }

  private void special(Arm64Registers registers, int code, int at) {
    switch (code) {
      case 0xE0 -> registers.sp += (u8(at + 1) << 16 | u8(at + 2) << 8 | u8(at + 3)) * 16L;
      case 0xE1 -> registers.sp = registers.x[Arm64Registers.FP];
      case 0xE2 -> registers.sp = registers.x[Arm64Registers.FP] - u8(at + 1) * 8L;
      case SAVE_NEXT -> pendingPairs++;
      case 0xE7 -> anyRegister(registers, u8(at + 1), u8(at + 2));
      case 0xFC ->
          // pac_sign_lr: the upper bits of the return address are its signature
          registers.x[Arm64Registers.LR] &= 0x0000_FFFF_FFFF_FFFFL;
      default -> {
        // nop, and codes that do not change integer registers
      }
    }
  }

  /** save_any_reg: register, pair and pre-index bits, then kind and offset. */
  private void anyRegister(Arm64Registers registers, int first, int second) {
    boolean pair = (first & 0x40) != 0;
    boolean preIndexed = (first & 0x20) != 0;
    int register = first & 0x1F;
    int kind = second >>> 6;
    long scale = preIndexed || pair || kind == 2 ? 16 : 8;
    long offset = (second & 0x3F) * scale;
    if (kind == 0) {
      long from = preIndexed ? registers.sp : registers.sp + offset;
      registers.restore(memory, register, from);
      if (pair) {
        registers.restore(memory, register + 1, from + 8);
      }
    }
    if (preIndexed) {
      registers.sp += offset + 16;
    }
  }

  /** A pair, and the pairs that save_next codes said follow it. */
  private void pair(Arm64Registers registers, int register, long offset) {
    for (int i = 0; i <= pendingPairs; i++) {
      registers.restore(memory, register + 2 * i, registers.sp + offset + 16L * i);
      registers.restore(memory, register + 2 * i + 1, registers.sp + offset + 16L * i + 8);
    }
    pendingPairs = 0;
  }

  private void frameAndReturn(Arm64Registers registers, long offset) {
    registers.restore(memory, Arm64Registers.FP, registers.sp + offset);
    registers.restore(memory, Arm64Registers.LR, registers.sp + offset + 8);
  }
}
