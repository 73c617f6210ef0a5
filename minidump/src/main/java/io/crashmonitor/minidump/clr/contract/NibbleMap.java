package io.crashmonitor.minidump.clr.contract;

import io.crashmonitor.minidump.clr.metadata.View;
import java.util.OptionalLong;

/**
 * Finds where a jitted method starts: each 32 bytes of a code heap have a 4-bit nibble, 0 where no
 * method starts in them, else 1 + the start's offset / 4; eight to a 32-bit unit, the most
 * significant first. In version 2 a unit may instead hold a start directly: its low nibble is then
 * above 8, and says the offset.
 */
final class NibbleMap {
  private static final int MAX_LINEAR_UNITS = 16_384;

  private final View view;
  private final Descriptor descriptor;

  NibbleMap(View view, Descriptor descriptor) {
    this.view = view;
    this.descriptor = descriptor;
  }

  OptionalLong methodStart(long ip, long range) {
    long heap = view.pointer(range + descriptor.offset("RangeSection", "HeapList"));
    long base = view.pointer(heap + descriptor.offset("CodeHeapListNode", "MapBase"));
    long map = view.pointer(heap + descriptor.offset("CodeHeapListNode", "HeaderMap"));
    long relative = ip - base;
    if (relative < 0) {
      return OptionalLong.empty();
    }
    long bucket = relative >>> 5;
    long unit = bucket >>> 3;
    int shift = (int) (7 - (bucket & 7)) * 4;
    int value = view.i32(map + unit * 4);
    if (isPointer(value)) {
      return OptionalLong.of(base + pointed(value));
    }
    int here = value >>> shift & 0xF;
    if (here != 0 && here <= 1 + ((relative & 31) >>> 2)) {
      return OptionalLong.of(base + bucket * 32 + (here - 1) * 4L);
    }
    // Methods lie further apart than a bucket: what starts behind the ip in this bucket is the next
    // one.
    int before = shift == 28 ? 0 : value >>> shift + 4;
    if (before != 0) {
      return OptionalLong.of(base + startIn(before, bucket - 1));
    }
    return earlier(map, unit, base);
  }

  private OptionalLong earlier(long map, long unit, long base) {
    boolean linear = descriptor.contract("ExecutionManager").filter("1"::equals).isPresent();
    int most = linear ? MAX_LINEAR_UNITS : 1;
    for (long u = unit - 1; u >= 0 && unit - u <= most; u--) {
      int value = view.i32(map + u * 4);
      if (isPointer(value)) {
        return OptionalLong.of(base + pointed(value));
      }
      if (value != 0) {
        return OptionalLong.of(base + startIn(value, u * 8 + 7));
      }
    }
    return OptionalLong.empty();
  }

  /**
   * Start by the least significant nibble that is set; {@code last} is the bucket of the least
   * significant one.
   */
  private static long startIn(int nibbles, long last) {
    int skipped = Integer.numberOfTrailingZeros(nibbles) / 4;
    int nibble = nibbles >>> skipped * 4 & 0xF;
    return (last - skipped) * 32 + (nibble - 1) * 4L;
  }

  private static boolean isPointer(int unit) {
    return (unit & 0xF) > 8;
  }

  private static long pointed(int unit) {
    return (unit & 0xFFFF_FFF0L) + ((unit & 0xF) - 9) * 4L;
  }
}
