package io.crashmonitor.minidump.clr;

import io.crashmonitor.minidump.reader.Memory;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.TreeMap;
import java.util.TreeSet;

/** Memory of a dump with some bytes replaced; it remembers which addresses were read. */
public final class OverlayMemory implements Memory {
  private final Memory below;
  private final TreeMap<Long, Byte> replaced = new TreeMap<>();
  private final TreeSet<Long> touched = new TreeSet<>();

  public OverlayMemory(Memory below) {
    this.below = below;
  }

  /** Puts bytes at an address, where the dump has memory or not. */
  public OverlayMemory put(long address, byte... bytes) {
    for (int i = 0; i < bytes.length; i++) {
      replaced.put(address + i, bytes[i]);
    }
    return this;
  }

  /** Puts a pointer at an address. */
  public OverlayMemory putPointer(long address, long value) {
    return put(
        address, ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(value).array());
  }

  /** Takes back every byte put. */
  public void clear() {
    replaced.clear();
  }

  /** First addresses of all that was read, in blocks of 8 bytes. */
  public Long[] touched() {
    return touched.toArray(new Long[0]);
  }

  @Override
  public long available(long address, long length) {
    long there = 0;
    while (there < length) {
      if (replaced.containsKey(address + there)) {
        there++;
        continue;
      }
      long want = step(address + there, length - there);
      long got = below.available(address + there, want);
      there += got;
      if (got < want) {
        return there;
      }
    }
    return there;
  }

  @Override
  public void read(long address, byte[] target, int offset, int length) {
    touched.add(address & ~7L);
    if (length > 16) {
      touched.add(address + length / 2 & ~7L);
    }
    for (int done = 0; done < length; ) {
      Byte own = replaced.get(address + done);
      if (own != null) {
        target[offset + done++] = own;
        continue;
      }
      int step = (int) step(address + done, length - done);
      below.read(address + done, target, offset + done, step);
      done += step;
    }
  }

  /** How many of the bytes from an address on come before one that is replaced. */
  private long step(long address, long length) {
    Long next = replaced.higherKey(address);
    boolean ahead = next != null && next - address > 0 && next - address < length;
    return ahead ? next - address : length;
  }

  private long little(long address, int bytes) {
    byte[] block = new byte[8];
    read(address, block, 0, bytes);
    return ByteBuffer.wrap(block).order(ByteOrder.LITTLE_ENDIAN).getLong();
  }

  @Override
  public int u8(long address) {
    return (int) little(address, 1);
  }

  @Override
  public int u16(long address) {
    return (int) little(address, 2);
  }

  @Override
  public int i32(long address) {
    return (int) little(address, 4);
  }

  @Override
  public long u64(long address) {
    return little(address, 8);
  }
}
