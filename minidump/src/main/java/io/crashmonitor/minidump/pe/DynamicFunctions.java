package io.crashmonitor.minidump.pe;

import io.crashmonitor.minidump.reader.ByteSource;
import io.crashmonitor.minidump.reader.DynamicTable;
import io.crashmonitor.minidump.reader.MinidumpException;
import java.util.List;
import java.util.Optional;

/**
 * Functions of code that was made at run time, as the dump's writer listed them (amd64). Tables are
 * sorted as a rule, but nobody has to sort them: what binary search does not find is looked for one
 * by one, within one budget for all addresses of a dump.
 */
public final class DynamicFunctions {
  private static final int ENTRY = 12;
  private static final int MOST_LOOKS = 1 << 20;

  /**
   * What is longer is no function: V8 registers one entry for all of its code, for the sake of an
   * exception handler, and that code keeps to none of the rules of unwinding.
   */
  private static final long LONGEST_FUNCTION = 16L << 20;

  private final ByteSource bytes;
  private final List<DynamicTable> tables;
  private int looksLeft = MOST_LOOKS;

  public DynamicFunctions(ByteSource bytes, List<DynamicTable> tables) {
    this.bytes = bytes;
    this.tables = tables.stream().filter(table -> table.step() >= ENTRY).toList();
  }

  /** Whether the address is in code of that kind. */
  public boolean contains(long address) {
    return tables.stream().anyMatch(table -> table.contains(address));
  }

  /** The function around the address; empty where none is listed. */
  public Optional<RuntimeFunction> find(long address) {
    for (DynamicTable table : tables) {
      if (table.contains(address)) {
        Optional<RuntimeFunction> found = inTable(table, address - table.base());
        if (found.isPresent()) {
          return found.filter(f -> f.end() - f.begin() <= LONGEST_FUNCTION);
        }
      }
    }
    return Optional.empty();
  }

  private Optional<RuntimeFunction> inTable(DynamicTable table, long relative) {
    try {
      Optional<RuntimeFunction> found = sorted(table, relative);
      return found.isPresent() ? found : oneByOne(table, relative);
    } catch (MinidumpException unreadable) {
      return Optional.empty();
    }
  }

  private Optional<RuntimeFunction> sorted(DynamicTable table, long relative) {
    int low = 0;
    int high = table.count() - 1;
    while (low <= high) {
      int middle = (low + high) >>> 1;
      RuntimeFunction function = entry(table, middle);
      if (function.contains(relative)) {
        return Optional.of(function);
      }
      if (relative < function.begin()) {
        high = middle - 1;
      } else {
        low = middle + 1;
      }
    }
    return Optional.empty();
  }

  private Optional<RuntimeFunction> oneByOne(DynamicTable table, long relative) {
    for (int i = 0; i < table.count() && looksLeft > 0; i++) {
      looksLeft--;
      RuntimeFunction function = entry(table, i);
      if (function.contains(relative)) {
        return Optional.of(function);
      }
    }
    return Optional.empty();
  }

  private RuntimeFunction entry(DynamicTable table, int index) {
    long at = table.entries() + (long) index * table.step();
    return new RuntimeFunction(table.base(), bytes.u32(at), bytes.u32(at + 4), bytes.u32(at + 8));
  }
}
