package io.crashmonitor.minidump.clr;

import io.crashmonitor.minidump.reader.ByteSource;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeSet;

/** The bytes of a dump's file, some of them changed; it remembers which were read. */
public final class BytesOfDump implements ByteSource {
  private final ByteSource file;
  private final Map<Long, Byte> changed = new HashMap<>();
  private final TreeSet<Long> touched = new TreeSet<>();

  public BytesOfDump(ByteSource file) {
    this.file = file;
  }

  /** Changes one byte. */
  public void put(long position, byte value) {
    changed.put(position, value);
  }

  /** Takes back every change. */
  public void clear() {
    changed.clear();
  }

  /** Positions of what was read, in blocks of 8 bytes. */
  public Long[] touched() {
    return touched.toArray(new Long[0]);
  }

  @Override
  public long size() {
    return file.size();
  }

  @Override
  public void read(long position, byte[] target, int offset, int length) {
    touched.add(position & ~7L);
    file.read(position, target, offset, length);
    changed.forEach(
        (at, value) -> {
          if (at >= position && at < position + length) {
            target[(int) (offset + at - position)] = value;
          }
        });
  }

  private long little(long position, int bytes) {
    byte[] block = new byte[8];
    read(position, block, 0, bytes);
    return ByteBuffer.wrap(block).order(ByteOrder.LITTLE_ENDIAN).getLong();
  }

  @Override
  public int u8(long position) {
    return (int) little(position, 1);
  }

  @Override
  public int u16(long position) {
    return (int) little(position, 2);
  }

  @Override
  public int i32(long position) {
    return (int) little(position, 4);
  }

  @Override
  public long u64(long position) {
    return little(position, 8);
  }

  @Override
  public void close() throws IOException {
    file.close();
  }
}
