package io.crashmonitor.minidump.clr.contract;

import io.crashmonitor.minidump.clr.metadata.View;
import io.crashmonitor.minidump.pe.PeImage;
import io.crashmonitor.minidump.reader.MinidumpException;
import java.util.Optional;

/**
 * Looks up one exported name of a module; export names are sorted, so that few pages of the dump
 * are read.
 */
final class RuntimeExport {
  private static final int MAX_NAME = 128;
  private static final long MAX_NAMES = 1 << 20;

  private RuntimeExport() {}

  /**
   * Address the export leads to; empty where the module has none of that name or its table is not
   * in the dump.
   */
  static Optional<Long> find(View view, long base, String name) {
    return PeImage.at(view.memory(), base)
        .map(image -> image.directory(PeImage.EXPORT))
        .filter(PeImage.Directory::present)
        .flatMap(table -> search(view, base, base + table.rva(), name));
  }

  private static Optional<Long> search(View view, long base, long table, String name) {
    try {
      long names = Math.min(view.u32(table + 24), MAX_NAMES);
      long nameTable = base + view.u32(table + 32);
      long low = 0;
      long high = names - 1;
      while (low <= high) {
        long middle = (low + high) >>> 1;
        int order = view.utf8(base + view.u32(nameTable + 4 * middle), MAX_NAME).compareTo(name);
        if (order == 0) {
          int ordinal = view.u16(base + view.u32(table + 36) + 2 * middle);
          return Optional.of(base + view.u32(base + view.u32(table + 28) + 4L * ordinal));
        }
        if (order < 0) {
          low = middle + 1;
        } else {
          high = middle - 1;
        }
      }
      return Optional.empty();
    } catch (MinidumpException notInDump) {
      return Optional.empty();
    }
  }
}
