package io.crashmonitor.minidump.reader;

import java.util.List;

/**
 * {@link Memory} over the dump's lists of ranges; where two lists hold an address, the earlier list
 * answers.
 */
final class DumpMemory implements Memory {
  private final ByteSource bytes;
  private final List<MemoryRanges> lists;
  private long hitStart;
  private long hitSize;
  private long hitOffset;

  DumpMemory(ByteSource bytes, List<MemoryRanges> lists) {
    this.bytes = bytes;
    this.lists = List.copyOf(lists);
  }

  /** Makes the range that holds the address the current one. */
  private boolean locate(long address) {
    if (Long.compareUnsigned(address - hitStart, hitSize) < 0) {
      return true;
    }
    for (MemoryRanges ranges : lists) {
      int index = ranges.find(address);
      if (index >= 0) {
        hitStart = ranges.start(index);
        hitSize = ranges.size(index);
        hitOffset = ranges.offset(index);
        return true;
      }
    }
    return false;
  }

  /** File offset of {@code length} bytes in one range, or -1. */
  private long offsetOf(long address, int length) {
    if (!locate(address)) {
      return -1;
    }
    long into = address - hitStart;
    return hitSize - into >= length ? hitOffset + into : -1;
  }

  @Override
  public long available(long address, long length) {
    long done = 0;
    while (done < length && locate(address + done)) {
      long step = Math.min(length - done, hitSize - (address + done - hitStart));
      done += step;
      if (address + done == 0) {
        break;
      }
    }
    return done;
  }

  @Override
  public void read(long address, byte[] target, int offset, int length) {
    int done = 0;
    while (done < length) {
      long at = address + done;
      if (!locate(at)) {
        throw MinidumpException.unreadable(at);
      }
      long into = at - hitStart;
      int step = (int) Math.min(length - done, hitSize - into);
      bytes.read(hitOffset + into, target, offset + done, step);
      done += step;
    }
  }

  @Override
  public int u8(long address) {
    if (!locate(address)) {
      throw MinidumpException.unreadable(address);
    }
    return bytes.u8(hitOffset + (address - hitStart));
  }

  @Override
  public int u16(long address) {
    long offset = offsetOf(address, 2);
    return offset >= 0 ? bytes.u16(offset) : u8(address) | u8(address + 1) << 8;
  }

  @Override
  public int i32(long address) {
    long offset = offsetOf(address, 4);
    return offset >= 0 ? bytes.i32(offset) : u16(address) | u16(address + 2) << 16;
  }

  @Override
  public long u64(long address) {
    long offset = offsetOf(address, 8);
    return offset >= 0 ? bytes.u64(offset) : u32(address) | u32(address + 4) << 32;
  }
}
