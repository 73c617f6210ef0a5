package io.crashmonitor.minidump.clr.metadata;

import io.crashmonitor.minidump.reader.Memory;
import io.crashmonitor.minidump.reader.MinidumpException;
import java.nio.charset.StandardCharsets;

/**
 * Memory of a 64-bit process as the runtime's structures need it: pointers, blocks of bounded size,
 * texts. Every method throws {@link MinidumpException} where the dump does not hold the bytes.
 */
public final class View {
  private static final int MAX_BLOCK = 1 << 20;

  private final Memory memory;

  public View(Memory memory) {
    this.memory = memory;
  }

  /** The memory underneath. */
  public Memory memory() {
    return memory;
  }

  public int u8(long address) {
    return memory.u8(address);
  }

  public int u16(long address) {
    return memory.u16(address);
  }

  public int i32(long address) {
    return memory.i32(address);
  }

  public long u32(long address) {
    return memory.u32(address);
  }

  public long i64(long address) {
    return memory.u64(address);
  }

  public long pointer(long address) {
    return memory.u64(address);
  }

  /** Bytes of a known length, at most 1 MiB. */
  public byte[] bytes(long address, int length) {
    if (length < 0 || length > MAX_BLOCK) {
      throw new ClrReadException(
          "block of " + Integer.toUnsignedString(length) + " bytes refused", address);
    }
    return memory.bytes(address, length);
  }

  /** Whether all of these bytes are in the dump. */
  public boolean has(long address, int length) {
    return memory.readable(address, length);
  }

  /**
   * UTF-8 up to its NUL, cut at {@code max} bytes or where the dump ends; control characters become
   * '?'.
   */
  public String utf8(long address, int max) {
    int there = (int) memory.available(address, max);
    if (there == 0) {
      throw MinidumpException.unreadable(address);
    }
    byte[] block = memory.bytes(address, there);
    int end = 0;
    while (end < there && block[end] != 0) {
      end++;
    }
    return Text.oneLine(new String(block, 0, end, StandardCharsets.UTF_8));
  }

  /**
   * UTF-16 of a known length in characters, cut at {@code max}; line breaks stay, other control
   * characters become '?'.
   */
  public String utf16(long address, int length, int max) {
    byte[] block = bytes(address, 2 * Math.min(length, max));
    return Text.lines(new String(block, StandardCharsets.UTF_16LE));
  }
}
