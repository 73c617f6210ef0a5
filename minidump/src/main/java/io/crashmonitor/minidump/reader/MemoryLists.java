package io.crashmonitor.minidump.reader;

import java.util.List;

/** Reads the dump's lists of memory; ranges are cut to what the file really holds. */
final class MemoryLists {
  /** 262 144 ranges are 6 MB of heap; processes of 20 GB have tens of thousands. */
  private static final int MOST = 1 << 18;

  private MemoryLists() {}

  /** Memory64List: u64 count, u64 offset of the data, {start, size}…; the data is contiguous. */
  static MemoryRanges full(ByteSource bytes, StreamEntry stream, Findings findings) {
    Shape.atLeast(stream, 16);
    long claimed = bytes.u64(stream.offset());
    long data = bytes.u64(stream.offset() + 8);
    long first = stream.offset() + 16;
    long room = (stream.end() - first) / 16;
    if (Long.compareUnsigned(claimed, room) > 0) {
      throw Shape.malformed(
          stream.offset(),
          Long.toUnsignedString(claimed)
              + " ranges of memory are claimed; the stream has room for "
              + room);
    }
    long fits = Math.min(stream.end() - first, Math.max(0, bytes.size() - first)) / 16;
    int count = (int) Math.min(fits, MOST);
    if (Long.compareUnsigned(claimed, count) < 0) {
      count = (int) claimed;
    } else if (claimed != count) {
      findings.add(
          Finding.at(
              stream.name(),
              stream.offset(),
              Long.toUnsignedString(claimed)
                  + " ranges of memory are claimed, "
                  + count
                  + " are used"));
    }
    Builder ranges = new Builder(bytes, count, stream.name(), findings);
    for (int i = 0; i < count; i++) {
      long size = bytes.u64(first + 16L * i + 8);
      ranges.add(bytes.u64(first + 16L * i), size, data);
      data = data < 0 || size < 0 || data + size < 0 ? Long.MAX_VALUE : data + size;
    }
    return ranges.build();
  }

  /** MemoryList: u32 count, {start u64, size u32, offset u32}…. */
  static MemoryRanges small(ByteSource bytes, StreamEntry stream, Findings findings) {
    Shape.Entries entries = Shape.entries(bytes, stream, 16, MOST);
    if (entries.cut()) {
      findings.add(
          Finding.at(
              stream.name(),
              stream.offset(),
              entries.claimed() + " ranges are claimed, " + entries.count() + " could be read"));
    }
    Builder ranges = new Builder(bytes, entries.count(), stream.name(), findings);
    for (int i = 0; i < entries.count(); i++) {
      long at = entries.first() + 16L * i;
      ranges.add(bytes.u64(at), bytes.u32(at + 8), bytes.u32(at + 12));
    }
    return ranges.build();
  }

  /** The stacks of the thread list: in most dumps also in a memory list, in some only here. */
  static MemoryRanges stacks(ByteSource bytes, List<DumpThread> threads) {
    // What is missing of a stack is missing of the memory list as well and was said there.
    Builder ranges = new Builder(bytes, threads.size(), "ThreadList", new Findings());
    for (DumpThread thread : threads) {
      if (thread.stack().offset() != 0) {
        ranges.add(thread.stackStart(), thread.stack().size(), thread.stack().offset());
      }
    }
    return ranges.build();
  }

  private static final class Builder {
    private final ByteSource bytes;
    private final String part;
    private final Findings findings;
    private long[] starts;
    private long[] sizes;
    private long[] offsets;
    private int count;
    private boolean told;

    Builder(ByteSource bytes, int capacity, String part, Findings findings) {
      this.bytes = bytes;
      this.part = part;
      this.findings = findings;
      starts = new long[capacity];
      sizes = new long[capacity];
      offsets = new long[capacity];
    }

    void add(long start, long size, long offset) {
      long there = offset < 0 || size < 0 ? 0 : Math.min(size, Math.max(0, bytes.size() - offset));
      if (there != size && !told) {
        told = true;
        findings.add(
            Finding.at(
                part,
                bytes.size(),
                "the file ends inside the memory from address 0x"
                    + Long.toHexString(start)
                    + " on: the dump is truncated"));
      }
      // A range that wraps around the address space would make every later sum wrong.
      if (there > 0 && Long.compareUnsigned(start + there - 1, start) >= 0) {
        starts[count] = start;
        sizes[count] = there;
        offsets[count] = offset;
        count++;
      }
    }

    MemoryRanges build() {
      if (count < starts.length) {
        starts = java.util.Arrays.copyOf(starts, count);
        sizes = java.util.Arrays.copyOf(sizes, count);
        offsets = java.util.Arrays.copyOf(offsets, count);
      }
      return MemoryRanges.sorted(starts, sizes, offsets);
    }
  }
}
