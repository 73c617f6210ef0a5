package io.crashmonitor.minidump.pe;

import io.crashmonitor.minidump.reader.Memory;
import io.crashmonitor.minidump.reader.MinidumpException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;

/**
 * An image's named exports, sorted by RVA. Forwarders (their RVA lies in the export table itself)
 * are left out: they are no code.
 */
public final class Exports {
  private static final int MOST = 64 * 1024;
  private static final int LONGEST_NAME = 512;
  private static final Exports NONE = new Exports(null, new long[0], 0);

  private final PeImage image;
  // RVA in the upper, index of the name in the lower half: one array sorts both.
  private final long[] entries;
  private final long names;

  private Exports(PeImage image, long[] entries, long names) {
    this.image = image;
    this.entries = entries;
    this.names = names;
  }

  /** The image's exports; none where the table is not in the dump. */
  static Exports of(PeImage image) {
    try {
      return read(image);
    } catch (MinidumpException e) {
      return NONE;
    }
  }

  static Exports none() {
    return NONE;
  }

  private static Exports read(PeImage image) {
    PeImage.Directory directory = image.directory(PeImage.EXPORT);
    if (!directory.present()) {
      return NONE;
    }
    Memory memory = image.memory();
    long table = image.base() + directory.rva();
    long functionCount = Math.min(memory.u32(table + 20), MOST);
    int nameCount = (int) Math.min(memory.u32(table + 24), MOST);
    long functions = image.base() + memory.u32(table + 28);
    long ordinals = image.base() + memory.u32(table + 36);
    long[] entries = new long[nameCount];
    int count = 0;
    for (int i = 0; i < nameCount; i++) {
      int ordinal = memory.u16(ordinals + 2L * i);
      if (ordinal < functionCount) {
        long rva = memory.u32(functions + 4L * ordinal);
        if (rva != 0 && !directory.contains(rva)) {
          entries[count++] = rva << 32 | i;
        }
      }
    }
    long[] sorted = Arrays.copyOf(entries, count);
    Arrays.sort(sorted);
    return new Exports(image, sorted, image.base() + memory.u32(table + 32));
  }

  /**
   * An exported name at an RVA.
   *
   * @param name as exported
   * @param rva where it begins
   */
  public record Export(String name, long rva) {}

  /** The last export at or before the RVA. */
  public Optional<Export> nearest(long rva) {
    int found = Arrays.binarySearch(entries, rva << 32 | 0xFFFF_FFFFL);
    int index = found >= 0 ? found : -found - 2;
    if (index < 0) {
      return Optional.empty();
    }
    long at = entries[index] >>> 32;
    // Several names may share an address; the first of them in the table is as good as any.
    while (index > 0 && entries[index - 1] >>> 32 == at) {
      index--;
    }
    return name((int) entries[index]).map(name -> new Export(name, at));
  }

  /** RVA of the export with this name; a linear search, for the few names that are looked for. */
  public Optional<Long> find(String name) {
    for (long entry : entries) {
      if (name((int) entry).filter(name::equals).isPresent()) {
        return Optional.of(entry >>> 32);
      }
    }
    return Optional.empty();
  }

  private Optional<String> name(int index) {
    try {
      Memory memory = image.memory();
      long at = image.base() + memory.u32(names + 4L * index);
      int most = (int) memory.available(at, LONGEST_NAME);
      byte[] raw = memory.bytes(at, most);
      int length = 0;
      while (length < most && raw[length] > 0x20 && raw[length] < 0x7F) {
        length++;
      }
      return length == 0
          ? Optional.empty()
          : Optional.of(new String(raw, 0, length, StandardCharsets.US_ASCII));
    } catch (MinidumpException e) {
      return Optional.empty();
    }
  }
}
