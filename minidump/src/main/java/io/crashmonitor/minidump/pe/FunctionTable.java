package io.crashmonitor.minidump.pe;

import io.crashmonitor.minidump.reader.Memory;
import java.util.Optional;

/**
 * The {@code .pdata} of an image: RUNTIME_FUNCTIONs sorted by begin, found by binary search in the
 * process's memory. On amd64 an entry is begin, end and unwind information; on arm64 it is begin
 * and a word that is the unwind information, packed, or points to it; the length is in there.
 *
 * <p>Sources: "x64 exception handling" and "ARM64 exception handling", Microsoft.
 */
public final class FunctionTable {
  private static final int ARM64 = 0xAA64;
  private static final int AMD64 = 0x8664;

  private final Memory memory;
  private final long base;
  private final long table;
  private final long count;
  private final boolean arm64;
  private final int entry;
  private RuntimeFunction last = new RuntimeFunction(0, 0, 0, 0);

  FunctionTable(PeImage image) {
    PeImage.Directory directory = image.directory(PeImage.EXCEPTION);
    this.memory = image.memory();
    this.base = image.base();
    this.table = base + directory.rva();
    this.arm64 = image.machine() == ARM64;
    this.entry = arm64 ? 8 : 12;
    boolean known = arm64 || image.machine() == AMD64;
    this.count = directory.present() && known ? directory.size() / entry : 0;
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
      long at = table + middle * entry;
      if (rva < memory.u32(at)) {
        high = middle - 1;
      } else if (rva >= end(at)) {
        low = middle + 1;
      } else {
        last = resolve(at);
        return Optional.of(last);
      }
    }
    return Optional.empty();
  }

  private long end(long at) {
    if (!arm64) {
      return memory.u32(at + 4);
    }
    long word = memory.u32(at + 4);
    long length = (word & 3) == 0 ? memory.u32(base + word) & 0x3FFFF : word >>> 2 & 0x7FF;
    return memory.u32(at) + 4 * length;
  }

  /** Bit 0 of the unwind field: the entry borrows another entry's unwind information. */
  private RuntimeFunction resolve(long at) {
    if (arm64) {
      return new RuntimeFunction(base, memory.u32(at), end(at), memory.u32(at + 4));
    }
    long unwind = memory.u32(at + 8);
    if ((unwind & 1) != 0) {
      unwind = memory.u32(base + (unwind & ~1L) + 8);
    }
    return new RuntimeFunction(base, memory.u32(at), memory.u32(at + 4), unwind);
  }
}
