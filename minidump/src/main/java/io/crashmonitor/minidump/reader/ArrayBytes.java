package io.crashmonitor.minidump.reader;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** {@link ByteSource} over an array. */
final class ArrayBytes implements ByteSource {
  private final ByteBuffer buffer;

  ArrayBytes(byte[] bytes) {
    this.buffer = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  @Override
  public long size() {
    return buffer.capacity();
  }

  @Override
  public void read(long position, byte[] target, int offset, int length) {
    require(position, length);
    buffer.get((int) position, target, offset, length);
  }

  @Override
  public int u8(long position) {
    require(position, 1);
    return buffer.get((int) position) & 0xFF;
  }

  @Override
  public int u16(long position) {
    require(position, 2);
    return buffer.getShort((int) position) & 0xFFFF;
  }

  @Override
  public int i32(long position) {
    require(position, 4);
    return buffer.getInt((int) position);
  }

  @Override
  public long u64(long position) {
    require(position, 8);
    return buffer.getLong((int) position);
  }

  @Override
  public void close() {
    // an array holds no resource
  }
}
