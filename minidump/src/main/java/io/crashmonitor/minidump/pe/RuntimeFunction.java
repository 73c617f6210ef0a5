package io.crashmonitor.minidump.pe;

/**
 * A stretch of code and how to unwind it (RUNTIME_FUNCTION).
 *
 * @param imageBase what the others are relative to
 * @param begin first byte
 * @param end byte after the last
 * @param unwindInfo RVA of its UNWIND_INFO; on arm64 the entry's second word as it is
 */
public record RuntimeFunction(long imageBase, long begin, long end, long unwindInfo) {
  /** Whether the code at the RVA is part of it. */
  public boolean contains(long rva) {
    return rva >= begin && rva < end;
  }
}
