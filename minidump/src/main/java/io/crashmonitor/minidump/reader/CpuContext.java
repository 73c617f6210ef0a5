package io.crashmonitor.minidump.reader;

import java.util.List;
import java.util.Optional;

/**
 * Registers of a thread. Immutable; an unwinder copies what it changes.
 *
 * @param architecture whose registers these are
 * @param ip instruction pointer
 * @param sp stack pointer
 * @param fp frame pointer (rbp, ebp, x29)
 * @param registers integer registers by their number in the instruction encoding: amd64 rax, rcx,
 *     rdx, rbx, rsp, rbp, rsi, rdi, r8…r15; x86 the first eight of these; arm64 x0…x30
 */
public record CpuContext(
    Architecture architecture, long ip, long sp, long fp, List<Long> registers) {

  private static final String[] AMD64_NAMES = {
    "rax", "rcx", "rdx", "rbx", "rsp", "rbp", "rsi", "rdi", "r8", "r9", "r10", "r11", "r12", "r13",
    "r14", "r15"
  };
  private static final String[] X86_NAMES = {
    "eax", "ecx", "edx", "ebx", "esp", "ebp", "esi", "edi"
  };
  private static final int[] X86_OFFSETS = {0xB0, 0xAC, 0xA8, 0xA4, 0xC4, 0xB4, 0xA0, 0x9C};

  /** Reads a CONTEXT of the architecture; empty where it is not known or does not fit. */
  static Optional<CpuContext> read(ByteSource bytes, Architecture architecture, Place place) {
    int needed =
        switch (architecture) {
          case AMD64 -> 0x100;
          case X86 -> 0xC8;
          case ARM64 -> 0x110;
          case OTHER -> Integer.MAX_VALUE;
        };
    if (place.size() < needed) {
      return Optional.empty();
    }
    bytes.require(place.offset(), place.size());
    long at = place.offset();
    return Optional.of(
        switch (architecture) {
          case AMD64 -> amd64(bytes, at);
          case X86 -> x86(bytes, at);
          default -> arm64(bytes, at);
        });
  }

  private static CpuContext amd64(ByteSource bytes, long at) {
    Long[] registers = new Long[16];
    for (int i = 0; i < 16; i++) {
      registers[i] = bytes.u64(at + 0x78 + 8L * i);
    }
    return new CpuContext(
        Architecture.AMD64, bytes.u64(at + 0xF8), registers[4], registers[5], List.of(registers));
  }

  private static CpuContext x86(ByteSource bytes, long at) {
    Long[] registers = new Long[8];
    for (int i = 0; i < 8; i++) {
      registers[i] = bytes.u32(at + X86_OFFSETS[i]);
    }
    return new CpuContext(
        Architecture.X86, bytes.u32(at + 0xB8), registers[4], registers[5], List.of(registers));
  }

  private static CpuContext arm64(ByteSource bytes, long at) {
    Long[] registers = new Long[31];
    for (int i = 0; i < 31; i++) {
      registers[i] = bytes.u64(at + 8 + 8L * i);
    }
    return new CpuContext(
        Architecture.ARM64,
        bytes.u64(at + 0x108),
        bytes.u64(at + 0x100),
        registers[29],
        List.of(registers));
  }

  /** Name of the integer register with this number. */
  public String name(int register) {
    return switch (architecture) {
      case AMD64 -> AMD64_NAMES[register];
      case X86 -> X86_NAMES[register];
      default -> "x" + register;
    };
  }
}
