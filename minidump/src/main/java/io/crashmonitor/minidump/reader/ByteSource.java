package io.crashmonitor.minidump.reader;

import java.io.Closeable;

/**
 * Little-endian bytes at positions, checked: a read that does not lie wholly inside ends in a
 * {@link MinidumpException} of kind TRUNCATED and reads nothing.
 *
 * <p>Not safe for use by several threads at once.
 */
public interface ByteSource extends Closeable {
  /** Number of bytes. */
  long size();

  /** Fills {@code target[offset, offset + length)} from {@code position}. */
  void read(long position, byte[] target, int offset, int length);

  /** Unsigned byte. */
  int u8(long position);

  /** Unsigned 16 bits. */
  int u16(long position);

  /** Signed 32 bits. */
  int i32(long position);

  /** 64 bits. */
  long u64(long position);

  /** Unsigned 32 bits. */
  default long u32(long position) {
    return i32(position) & 0xFFFF_FFFFL;
  }

  /** A fresh array with {@code length} bytes; callers have bounded the length. */
  default byte[] bytes(long position, int length) {
    require(position, length);
    byte[] bytes = new byte[length];
    read(position, bytes, 0, length);
    return bytes;
  }

  /** Whether {@code [position, position + length)} lies inside; both are taken as unsigned. */
  default boolean holds(long position, long length) {
    return position >= 0 && length >= 0 && position <= size() && length <= size() - position;
  }

  /** Throws unless {@link #holds}. */
  default void require(long position, long length) {
    if (!holds(position, length)) {
      throw new MinidumpException(
          MinidumpException.Kind.TRUNCATED,
          position,
          "the file ends at "
              + size()
              + ", before "
              + Long.toUnsignedString(length)
              + " bytes at offset "
              + Long.toUnsignedString(position));
    }
  }

  /** Bytes that are already in memory: dumps built by tests, supplied images. */
  static ByteSource of(byte[] bytes) {
    return new ArrayBytes(bytes);
  }
}
