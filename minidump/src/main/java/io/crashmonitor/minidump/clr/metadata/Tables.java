package io.crashmonitor.minidump.clr.metadata;

/**
 * Where each metadata table lies and how to read one cell; only the rows asked for are read from
 * the dump.
 */
final class Tables {
  private static final int MAX_ROWS = 1 << 24;

  private final View view;
  private final int heapSizes;
  private final int[] rows = new int[TableSchema.TABLES];
  private final long[] start = new long[TableSchema.TABLES];
  // Offset of each column in its row; the last element is the row's size.
  private final int[][] columnAt = new int[TableSchema.TABLES][];

  /**
   * @param address of the {@code #~} stream
   * @param size of it in bytes
   */
  Tables(View view, long address, long size) {
    this.view = view;
    this.heapSizes = view.u8(address + 6);
    long valid = view.i64(address + 8);
    long at = address + 24;
    for (int t = 0; t < TableSchema.TABLES; t++) {
      if ((valid >>> t & 1) != 0) {
        rows[t] = view.i32(at);
        at += 4;
        if (rows[t] < 0 || rows[t] > MAX_ROWS) {
          throw new ClrReadException(
              "metadata table 0x" + Integer.toHexString(t) + " too long", at - 4);
        }
      }
    }
    if ((heapSizes & 0x40) != 0) {
      at += 4; // extra data of an uncompressed stream
    }
    place(valid, at, address + size);
  }

  private void place(long valid, long first, long end) {
    long at = first;
    for (int t = 0; t < TableSchema.TABLES; t++) {
      if ((valid >>> t & 1) == 0) {
        continue;
      }
      columnAt[t] = layout(TableSchema.columns(t));
      if (columnAt[t].length == 1) {
        break; // tables from here on are not known: what is before them can be read
      }
      start[t] = at;
      at += (long) rowSize(t) * rows[t];
      if (Long.compareUnsigned(at, end) > 0) {
        throw new ClrReadException("metadata table 0x" + Integer.toHexString(t) + " outside", at);
      }
    }
  }

  private int rowSize(int table) {
    return columnAt[table][columnAt[table].length - 1];
  }

  /** Rows of a table; 0 where it is not present. */
  int rows(int table) {
    return start[table] == 0 ? 0 : rows[table];
  }

  /** One cell, as an unsigned number. Rows count from 1. */
  int cell(int table, int row, int column) {
    if (row < 1 || row > rows(table)) {
      throw new ClrReadException(
          "no row " + row + " in metadata table 0x" + Integer.toHexString(table), start[table]);
    }
    int[] columns = columnAt[table];
    long at = start[table] + (long) rowSize(table) * (row - 1) + columns[column];
    return columns[column + 1] - columns[column] == 2 ? view.u16(at) : view.i32(at);
  }

  private int[] layout(String columns) {
    int count = 0;
    for (int p = 0; p < columns.length(); p += width(columns, p)) {
      count++;
    }
    int[] at = new int[count + 1];
    int column = 0;
    for (int p = 0; p < columns.length(); p += width(columns, p)) {
      at[column + 1] = at[column] + columnSize(columns, p);
      column++;
    }
    return at;
  }

  private static int width(String columns, int position) {
    return columns.charAt(position) == '@' ? 3 : 1;
  }

  private int columnSize(String columns, int position) {
    char kind = columns.charAt(position);
    return switch (kind) {
      case '2' -> 2;
      case '4' -> 4;
      case 'S' -> (heapSizes & 1) != 0 ? 4 : 2;
      case 'G' -> (heapSizes & 2) != 0 ? 4 : 2;
      case 'B' -> (heapSizes & 4) != 0 ? 4 : 2;
      case '@' ->
          rows[Integer.parseInt(columns.substring(position + 1, position + 3), 16)] < 0x10000
              ? 2
              : 4;
      default -> codedSize(kind);
    };
  }

  private int codedSize(char kind) {
    int most = 0;
    for (int table : TableSchema.coded(kind)) {
      most = Math.max(most, table < 0 ? 0 : rows[table]);
    }
    return most < 1 << 16 - TableSchema.tagBits(kind) ? 2 : 4;
  }

  /** First row whose sorted key column is not below {@code key}; rows + 1 where there is none. */
  int lowerBound(int table, int column, int key) {
    int low = 1;
    int high = rows(table) + 1;
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (Integer.compareUnsigned(cell(table, middle, column), key) < 0) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }
}
