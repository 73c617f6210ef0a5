package io.crashmonitor.minidump.pe;

import io.crashmonitor.minidump.reader.Memory;
import java.util.Optional;

/**
 * The {@code .pdata} of an amd64 image: RUNTIME_FUNCTIONs sorted by begin, found by binary search
 * in the process's memory.
 *
 * <p>Source: "x64 exception handling", Microsoft.
 */
public final class FunctionTable {
  private static final int ENTRY = 12;

  private final Memory memory;
  private final long base;
  private final long table;
  private final long count;
  private RuntimeFunction last = new RuntimeFunction(0, 0, 0, 0);

  FunctionTable(PeImage image) {
    PeImage.Directory directory = image.directory(PeImage.EXCEPTION);
    this.memory = image.memory();
    this.base = image.base();
    this.table = base + directory.rva();
    this.count = directory.present() ? directory.size() / ENTRY : 0;
  }

  /** Whether the image has such a table, be it readable or not. */
  boolean present() {
    return count > 0;
  }

  /**
   * The entry whose code holds the RVA; empty for a leaf function, which has none.
   *
   * @throws io.crashmonitor.minidump.reader.MinidumpException where the table is not in the dump
   */
  Optional<RuntimeFunction> find(long rva) {
    if (last.contains(rva)) {
      return Optional.of(last);
    }
    long low = 0;
    long high = count - 1;
    while (low <= high) {
      long middle = (low + high) >>> 1;
      long at = table + middle * ENTRY;
      if (rva < memory.u32(at)) {
        high = middle - 1;
      } else if (rva >= memory.u32(at + 4)) {
        low = middle + 1;
      } else {
        last = resolve(at);
        return Optional.of(last);
      }
    }
    return Optional.empty();
  }

  /** Bit 0 of the unwind field: the entry borrows another entry's unwind information. */
  private RuntimeFunction resolve(long at) {
    long unwind = memory.u32(at + 8);
    if ((unwind & 1) != 0) {
      unwind = memory.u32(base + (unwind & ~1L) + 8);
    }
    return new RuntimeFunction(base, memory.u32(at), memory.u32(at + 4), unwind);
  }
}
