package io.crashmonitor.minidump.unwind;

import io.crashmonitor.minidump.pe.RuntimeFunction;
import io.crashmonitor.minidump.reader.Memory;

/**
 * Recognises a thread that stopped in the middle of an epilog, where the unwind codes no longer
 * hold, and finishes the epilog for it. An epilog has one of few forms: {@code add rsp} or {@code
 * lea rsp}, pops, then a return or a jump out of the function.
 *
 * <p>Source: "x64 prolog and epilog", Microsoft.
 */
final class Epilog {
  private static final int LONGEST = 64;

  private final byte[] code;
  private int at;

  private Epilog(byte[] code) {
    this.code = code;
  }

  /**
   * Runs the rest of the epilog if the instruction pointer is in one.
   *
   * @return whether it was; else the registers are untouched
   */
  static boolean finish(
      Memory memory, RuntimeFunction function, int frameRegister, Amd64Registers registers) {
    int there = (int) memory.available(registers.ip, LONGEST);
    Epilog epilog = new Epilog(memory.bytes(registers.ip, there));
    Amd64Registers trial = registers.copy();
    epilog.releaseStack(frameRegister, trial);
    epilog.popRegisters(memory, trial);
    long rva = registers.ip - function.imageBase();
    if (!epilog.leaves(function, rva)) {
      return false;
    }
    trial.popReturnAddress(memory);
    registers.set(trial);
    return true;
  }

  private int peek(int ahead) {
    return at + ahead < code.length ? code[at + ahead] & 0xFF : -1;
  }

  private long i8(int ahead) {
    return (byte) peek(ahead);
  }

  private long i32(int ahead) {
    return peek(ahead) | peek(ahead + 1) << 8 | peek(ahead + 2) << 16 | peek(ahead + 3) << 24;
  }

  private void releaseStack(int frameRegister, Amd64Registers registers) {
    if (peek(0) == 0x48 && peek(1) == 0x83 && peek(2) == 0xC4) {
      registers.sp(registers.sp() + i8(3));
      at += 4;
    } else if (peek(0) == 0x48 && peek(1) == 0x81 && peek(2) == 0xC4) {
      registers.sp(registers.sp() + i32(3));
      at += 7;
    } else if (frameRegister != 0 && isLeaRsp(frameRegister)) {
      boolean wide = (peek(2) & 0xC0) == 0x80;
      registers.sp(registers.r[frameRegister] + (wide ? i32(3) : i8(3)));
      at += wide ? 7 : 4;
    }
  }

  /** {@code lea rsp, [frame register + displacement]}. */
  private boolean isLeaRsp(int frameRegister) {
    int mod = peek(2) & 0xC0;
    return peek(0) == (frameRegister < 8 ? 0x48 : 0x49)
        && peek(1) == 0x8D
        && (peek(2) & 0x38) == 0x20
        && (peek(2) & 7) == (frameRegister & 7)
        && (mod == 0x40 || mod == 0x80);
  }

  private void popRegisters(Memory memory, Amd64Registers registers) {
    while (true) {
      if (peek(0) >= 0x58 && peek(0) <= 0x5F) {
        registers.r[peek(0) - 0x58] = registers.pop(memory);
        at += 1;
      } else if (peek(0) == 0x41 && peek(1) >= 0x58 && peek(1) <= 0x5F) {
        registers.r[peek(1) - 0x58 + 8] = registers.pop(memory);
        at += 2;
      } else {
        return;
      }
    }
  }

  /** Whether a return, or a jump that leaves the function, comes next. */
  private boolean leaves(RuntimeFunction function, long startRva) {
    int first = peek(0);
    if (first == 0xC3 || first == 0xC2 || first == 0xF3 && peek(1) == 0xC3) {
      return true;
    }
    if (first == 0xEB || first == 0xE9) {
      long target = startRva + at + (first == 0xEB ? 2 + i8(1) : 5 + i32(1));
      // A jump within the function is its body; one to its begin is a tail call of itself.
      return target == function.begin() || !function.contains(target);
    }
    int opcode = first >= 0x40 && first <= 0x4F ? 1 : 0;
    boolean indirect = peek(opcode) == 0xFF && peek(opcode + 1) == 0x25;
    boolean register = opcode == 1 && peek(1) == 0xFF && (peek(2) & 0xF8) == 0xE0;
    return indirect || register;
  }
}
