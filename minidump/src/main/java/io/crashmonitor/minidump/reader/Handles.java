package io.crashmonitor.minidump.reader;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Open handles of the process (MINIDUMP_HANDLE_DATA_STREAM): how many, and of what; names of
 * objects are left alone, they may be anyone's.
 *
 * @param count of all handles
 * @param types how many of each type (Event, File, Key …); of a longer list its first 65 536
 */
public record Handles(int count, Map<String, Integer> types) {
  static final int SIZE = 32;
  static final int MOST = 1 << 24;
  private static final int MOST_COUNTED = 1 << 16;
  private static final int MOST_TYPES = 256;

  static Handles read(ByteSource bytes, SizedList list) {
    Map<Long, String> names = new HashMap<>();
    Map<String, Integer> types = new LinkedHashMap<>();
    for (int i = 0; i < Math.min(list.count(), MOST_COUNTED); i++) {
      long place = bytes.u32(list.entry(i) + 8);
      if (place == 0 || names.size() == MOST_TYPES && !names.containsKey(place)) {
        continue;
      }
      String type = names.computeIfAbsent(place, at -> Shape.optionalText(bytes, at));
      if (!type.isEmpty()) {
        types.merge(type, 1, Integer::sum);
      }
    }
    return new Handles(list.count(), types);
  }
}
