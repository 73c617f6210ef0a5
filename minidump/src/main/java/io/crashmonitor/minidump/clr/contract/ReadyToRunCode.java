package io.crashmonitor.minidump.clr.contract;

import io.crashmonitor.minidump.clr.contract.CodeMap.Code;
import io.crashmonitor.minidump.clr.metadata.ClrReadException;
import io.crashmonitor.minidump.clr.metadata.View;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Code compiled ahead of time (ReadyToRun): the image's own list of functions leads to the entry
 * point, and a hash map of the runtime from there to the method.
 */
final class ReadyToRunCode {
  private static final int MAX_FUNCTIONS = 1 << 22;
  private static final int MAX_FUNCLETS = 64;
  private static final int MAX_PROBES = 4096;

  private final View view;
  private final Descriptor descriptor;

  ReadyToRunCode(View view, Descriptor descriptor) {
    this.view = view;
    this.descriptor = descriptor;
  }

  Optional<Code> find(long ip, long range, long module) {
    long info = view.pointer(module + descriptor.offset("Module", "ReadyToRunInfo"));
    if (info == 0) {
      return Optional.empty();
    }
    long base = view.pointer(range + descriptor.offset("RangeSection", "RangeBegin"));
    long functions = view.pointer(info + descriptor.offset("ReadyToRunInfo", "RuntimeFunctions"));
    int count = view.i32(info + descriptor.offset("ReadyToRunInfo", "NumRuntimeFunctions"));
    if (count < 0 || count > MAX_FUNCTIONS) {
      throw new ClrReadException("image with " + count + " functions", info);
    }
    int index = lastAtOrBefore(functions, count, ip - base);
    if (index < 0) {
      return Optional.empty();
    }
    long function = functions + (long) index * descriptor.size("RuntimeFunction");
    return method(info, functions, index, base)
        .map(found -> new Code(found[0], found[1], base, function));
  }

  private int lastAtOrBefore(long functions, int count, long relative) {
    int low = 0;
    int high = count - 1;
    while (low <= high) {
      int middle = (low + high) >>> 1;
      if (begin(functions, middle) <= relative) {
        low = middle + 1;
      } else {
        high = middle - 1;
      }
    }
    return high;
  }

  private long begin(long functions, int index) {
    long function = functions + (long) index * descriptor.size("RuntimeFunction");
    return view.u32(function + descriptor.offset("RuntimeFunction", "BeginAddress"));
  }

  /**
   * Start and MethodDesc. Handlers are functions of their own that follow the method's: go back to
   * one that is known.
   */
  private Optional<long[]> method(long info, long functions, int index, long base) {
    // Of a composite image, the methods of all its parts are in one map.
    long composite = view.pointer(info + descriptor.offset("ReadyToRunInfo", "CompositeInfo"));
    long map = composite + descriptor.offset("ReadyToRunInfo", "EntryPointToMethodDescMap");
    for (int i = index; i >= 0 && index - i < MAX_FUNCLETS; i--) {
      long start = base + begin(functions, i);
      OptionalLong method = lookUp(map, start);
      if (method.isPresent()) {
        return Optional.of(new long[] {start, method.getAsLong()});
      }
    }
    return Optional.empty();
  }

  /**
   * The runtime's PtrHashMap: open addressing over buckets of slots; values are kept shifted right
   * by one.
   */
  private OptionalLong lookUp(long map, long key) {
    long buckets = view.pointer(map + descriptor.offset("HashMap", "Buckets"));
    long size = view.u32(buckets);
    if (size < 2) {
      return OptionalLong.empty();
    }
    int bucketSize = descriptor.size("Bucket");
    long mask = descriptor.global("HashMapValueMask");
    long seed = key >>> 2 & 0xFFFF_FFFFL;
    long step = 1 + ((key >>> 5) + 1 & 0xFFFF_FFFFL) % (size - 1);
    for (int i = 0; i < Math.min(size, MAX_PROBES); i++) {
      long bucket = buckets + bucketSize * (1 + seed % size);
      OptionalLong found = slot(bucket, key, mask);
      if (found.isPresent()) {
        return found;
      }
      boolean collided = (view.i64(bucket + descriptor.offset("Bucket", "Values")) & ~mask) != 0;
      if (!collided) {
        return OptionalLong.empty();
      }
      seed = seed + step & 0xFFFF_FFFFL;
    }
    return OptionalLong.empty();
  }

  private OptionalLong slot(long bucket, long key, long mask) {
    long slots = Math.min(descriptor.global("HashMapSlotsPerBucket"), 16);
    for (int i = 0; i < slots; i++) {
      if (view.i64(bucket + descriptor.offset("Bucket", "Keys") + 8L * i) == key) {
        long value = view.i64(bucket + descriptor.offset("Bucket", "Values") + 8L * i);
        return OptionalLong.of((value & mask) << 1);
      }
    }
    return OptionalLong.empty();
  }
}
