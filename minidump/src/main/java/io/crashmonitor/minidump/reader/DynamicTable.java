package io.crashmonitor.minidump.reader;

import java.util.ArrayList;
import java.util.List;

/**
 * Unwind entries of code that a program made at run time and registered with the system
 * (MINIDUMP_FUNCTION_TABLE_DESCRIPTOR): JavaScript engines do so, and of the .NET runtimes the
 * dump's writer asks for the methods they compiled.
 *
 * @param minimum lowest address of the code
 * @param maximum address after it
 * @param base what the entries are relative to
 * @param entries offset of entry 0 in the file
 * @param step size of an entry
 * @param count number of entries, all of them inside the file
 */
public record DynamicTable(
    long minimum, long maximum, long base, long entries, int step, int count) {
  private static final int HEADER = 24;
  private static final int DESCRIPTOR = 32;
  private static final int SMALLEST_ENTRY = 8;
  private static final int LARGEST_ENTRY = 64;
  private static final int MOST_TABLES = 4096;
  private static final int MOST_ENTRIES = 1 << 24;

  /** Each table stands behind its predecessor's entries: there is no index to them. */
  static List<DynamicTable> readAll(ByteSource bytes, StreamEntry stream) {
    Shape.atLeast(stream, HEADER);
    long at = stream.offset();
    long header = bytes.u32(at);
    long descriptor = bytes.u32(at + 4);
    long raw = bytes.u32(at + 8);
    long step = bytes.u32(at + 12);
    long tables = bytes.u32(at + 16);
    if (header < HEADER || descriptor < DESCRIPTOR) {
      throw Shape.malformed(at, "headers of " + header + " and " + descriptor + " bytes");
    }
    if (step < SMALLEST_ENTRY || step > LARGEST_ENTRY) {
      throw Shape.malformed(at + 12, "function entries of " + step + " bytes");
    }
    if (tables > MOST_TABLES) {
      throw Shape.malformed(at + 16, tables + " function tables; at most 4096 are read");
    }
    List<DynamicTable> read = new ArrayList<>();
    long next = at + header + bytes.u32(at + 20);
    for (long i = 0; i < tables; i++) {
      DynamicTable table = table(bytes, stream, next, descriptor + raw, (int) step);
      read.add(table);
      next = table.entries() + (long) table.count() * step + bytes.u32(next + 28);
    }
    return List.copyOf(read);
  }

  private static DynamicTable table(
      ByteSource bytes, StreamEntry stream, long at, long heads, int step) {
    long entries = at + heads;
    if (entries > stream.end()) {
      throw Shape.malformed(at, "the stream ends before this function table");
    }
    long count = bytes.u32(at + 24);
    if (count > MOST_ENTRIES || count * step > stream.end() - entries) {
      throw Shape.malformed(
          at + 24, count + " functions do not fit into the stream, which ends at " + stream.end());
    }
    bytes.require(entries, count * step);
    return new DynamicTable(
        bytes.u64(at), bytes.u64(at + 8), bytes.u64(at + 16), entries, step, (int) count);
  }

  /** Whether the address is in its code. */
  public boolean contains(long address) {
    return Long.compareUnsigned(address, minimum) >= 0
        && Long.compareUnsigned(address, maximum) < 0;
  }
}
