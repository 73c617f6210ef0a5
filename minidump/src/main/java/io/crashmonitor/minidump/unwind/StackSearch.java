package io.crashmonitor.minidump.unwind;

import io.crashmonitor.minidump.reader.Memory;

/**
 * Searches stacks for something that looks like a return address, within one budget for all threads
 * of a dump: a hostile dump must not cost minutes.
 */
final class StackSearch {
  /** Beyond this many bytes without a find, what comes has little to do with the frame. */
  private static final int FARTHEST = 16 * 1024;

  private static final int MOST_SLOTS = 500_000;

  private final Code code;
  private int slotsLeft = MOST_SLOTS;

  StackSearch(Code code) {
    this.code = code;
  }

  /** Address of the first slot from {@code from} on that may hold a return address; 0 if none. */
  long next(long from, long stackEnd) {
    Memory memory = code.memory();
    int pointer = code.architecture().pointerSize();
    long start = (from + pointer - 1) & -pointer;
    long length = memory.available(start, FARTHEST);
    if (stackEnd != 0 && Long.compareUnsigned(start, stackEnd) < 0) {
      length = Math.min(length, stackEnd - start);
    }
    for (long into = 0; into + pointer <= length && slotsLeft > 0; into += pointer) {
      slotsLeft--;
      if (code.looksLikeReturnAddress(memory.pointer(start + into, pointer))) {
        return start + into;
      }
    }
    return 0;
  }
}
