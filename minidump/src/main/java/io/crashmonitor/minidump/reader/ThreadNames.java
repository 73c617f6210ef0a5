package io.crashmonitor.minidump.reader;

import java.util.HashMap;
import java.util.Map;

/** Names that the program gave its threads (MINIDUMP_THREAD_NAME_LIST). */
final class ThreadNames {
  private static final int SIZE = 12;

  private ThreadNames() {}

  static Map<Long, String> read(ByteSource bytes, Shape.Entries entries) {
    Map<Long, String> names = new HashMap<>();
    for (int i = 0; i < entries.count(); i++) {
      long at = entries.first() + (long) i * SIZE;
      long offset = bytes.u64(at + 4);
      if (offset > 0) {
        names.put(bytes.u32(at), Shape.optionalText(bytes, offset));
      }
    }
    return Map.copyOf(names);
  }
}
