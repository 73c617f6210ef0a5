package io.crashmonitor.minidump.reader;

/**
 * The crashed process's virtual memory, as far as the dump holds it.
 *
 * <p>Addresses are 64 bits, taken as unsigned. Every read that is not wholly in the dump ends in a
 * {@link MinidumpException} of kind UNREADABLE_MEMORY whose position is the first address that is
 * missing. The exception has no stack trace and is cheap: code that follows pointers reads on and
 * catches once, where it can say what is lost. {@link #available} asks without an exception.
 */
public interface Memory {
  /**
   * How many bytes, up to {@code length}, can be read from the address on without a gap; 0 if none.
   */
  long available(long address, long length);

  /** Fills {@code target[offset, offset + length)}. */
  void read(long address, byte[] target, int offset, int length);

  /** Unsigned byte. */
  int u8(long address);

  /** Unsigned 16 bits. */
  int u16(long address);

  /** Signed 32 bits. */
  int i32(long address);

  /** 64 bits. */
  long u64(long address);

  /** Unsigned 32 bits. */
  default long u32(long address) {
    return i32(address) & 0xFFFF_FFFFL;
  }

  /** Whether all of {@code [address, address + length)} can be read. */
  default boolean readable(long address, long length) {
    return available(address, length) == length;
  }

  /** A fresh array of {@code length} bytes, allocated only after the range is known to be there. */
  default byte[] bytes(long address, int length) {
    long there = available(address, length);
    if (there < length) {
      throw MinidumpException.unreadable(address + there);
    }
    byte[] bytes = new byte[length];
    read(address, bytes, 0, length);
    return bytes;
  }

  /** A pointer of the given size in bytes (4 or 8). */
  default long pointer(long address, int size) {
    return size == 4 ? u32(address) : u64(address);
  }
}
