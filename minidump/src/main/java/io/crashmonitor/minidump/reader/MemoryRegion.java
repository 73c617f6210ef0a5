package io.crashmonitor.minidump.reader;

import java.util.Optional;

/**
 * State of a region of the address space (MINIDUMP_MEMORY_INFO, as VirtualQuery gives it).
 *
 * @param base of the region
 * @param size in bytes
 * @param state MEM_COMMIT 0x1000, MEM_RESERVE 0x2000, MEM_FREE 0x10000
 * @param protection PAGE_*
 */
public record MemoryRegion(long base, long size, long state, long protection) {
  static final int SIZE = 48;
  static final int MOST = 1 << 20;
  private static final long RESERVED = 0x2000;
  private static final long FREE = 0x10000;
  private static final long GUARD = 0x100;
  private static final long NO_ACCESS = 0x01;
  private static final long READ_ONLY = 0x02;
  private static final long EXECUTE_READ = 0x20;

  /** The region that holds the address; entries are read one by one, none is kept. */
  static Optional<MemoryRegion> find(ByteSource bytes, SizedList list, long address) {
    for (int i = 0; i < list.count(); i++) {
      long at = list.entry(i);
      if (Long.compareUnsigned(address - bytes.u64(at), bytes.u64(at + 24)) < 0) {
        return Optional.of(
            new MemoryRegion(
                bytes.u64(at), bytes.u64(at + 24), bytes.u32(at + 32), bytes.u32(at + 36)));
      }
    }
    return Optional.empty();
  }

  /** What the region is, for a person. */
  public String words() {
    if (state == FREE) {
      return "free memory";
    }
    if (state == RESERVED) {
      return "reserved memory that is not committed";
    }
    if ((protection & GUARD) != 0) {
      return "a guard page";
    }
    return switch ((int) (protection & 0xFF)) {
      case (int) NO_ACCESS -> "memory without access";
      case (int) READ_ONLY -> "read-only memory";
      case (int) EXECUTE_READ -> "code, which is read-only";
      case 0x04, 0x08 -> "data, which is not executable";
      default -> "";
    };
  }
}
