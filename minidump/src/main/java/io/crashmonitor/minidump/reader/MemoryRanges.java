package io.crashmonitor.minidump.reader;

/**
 * Where in the file each range of memory lies: sorted by address, found by binary search.
 *
 * <p>Three arrays rather than objects: a process of 20 GB has tens of thousands of ranges.
 */
final class MemoryRanges {
  private final long[] starts;
  private final long[] sizes;
  private final long[] offsets;

  private MemoryRanges(long[] starts, long[] sizes, long[] offsets) {
    this.starts = starts;
    this.sizes = sizes;
    this.offsets = offsets;
  }

  /** Takes the arrays over and sorts them together by unsigned start address. */
  static MemoryRanges sorted(long[] starts, long[] sizes, long[] offsets) {
    if (!isSorted(starts)) {
      sort(starts, sizes, offsets);
    }
    return new MemoryRanges(starts, sizes, offsets);
  }

  int count() {
    return starts.length;
  }

  long start(int index) {
    return starts[index];
  }

  long size(int index) {
    return sizes[index];
  }

  /** File offset of the range's first byte. */
  long offset(int index) {
    return offsets[index];
  }

  /** The range that holds the address, or -1. */
  int find(long address) {
    int low = 0;
    int high = starts.length - 1;
    while (low <= high) {
      int middle = (low + high) >>> 1;
      if (Long.compareUnsigned(starts[middle], address) <= 0) {
        low = middle + 1;
      } else {
        high = middle - 1;
      }
    }
    return high >= 0 && Long.compareUnsigned(address - starts[high], sizes[high]) < 0 ? high : -1;
  }

  private static boolean isSorted(long[] starts) {
    for (int i = 1; i < starts.length; i++) {
      if (Long.compareUnsigned(starts[i - 1], starts[i]) > 0) {
        return false;
      }
    }
    return true;
  }

  /** Heap sort in place: bounded time whatever the order, no copies. */
  private static void sort(long[] keys, long[] second, long[] third) {
    for (int root = keys.length / 2 - 1; root >= 0; root--) {
      sift(keys, second, third, root, keys.length);
    }
    for (int end = keys.length - 1; end > 0; end--) {
      swap(keys, second, third, 0, end);
      sift(keys, second, third, 0, end);
    }
  }

  private static void sift(long[] keys, long[] second, long[] third, int from, int end) {
    int root = from;
    while (2 * root + 1 < end) {
      int child = 2 * root + 1;
      if (child + 1 < end && Long.compareUnsigned(keys[child], keys[child + 1]) < 0) {
        child++;
      }
      if (Long.compareUnsigned(keys[root], keys[child]) >= 0) {
        return;
      }
      swap(keys, second, third, root, child);
      root = child;
    }
  }

  private static void swap(long[] keys, long[] second, long[] third, int a, int b) {
    swap(keys, a, b);
    swap(second, a, b);
    swap(third, a, b);
  }

  private static void swap(long[] array, int a, int b) {
    long value = array[a];
    array[a] = array[b];
    array[b] = value;
  }
}
