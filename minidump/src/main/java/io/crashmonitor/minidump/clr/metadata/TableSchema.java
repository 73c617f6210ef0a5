package io.crashmonitor.minidump.clr.metadata;

/**
 * Columns of the metadata tables (ECMA-335 II.22, Portable PDB for 0x30 and 0x31), so that the size
 * of every row can be worked out (II.24.2.6).
 */
final class TableSchema {
  static final int MODULE = 0x00;
  static final int TYPE_REF = 0x01;
  static final int TYPE_DEF = 0x02;
  static final int FIELD = 0x04;
  static final int METHOD_DEF = 0x06;
  static final int PARAM = 0x08;
  static final int INTERFACE_IMPL = 0x09;
  static final int MEMBER_REF = 0x0A;
  static final int CUSTOM_ATTRIBUTE = 0x0C;
  static final int NESTED_CLASS = 0x29;
  static final int GENERIC_PARAM = 0x2A;
  static final int DOCUMENT = 0x30;
  static final int METHOD_DEBUG = 0x31;

  /** Number of tables that can be present: a bit each of a 64-bit mask. */
  static final int TABLES = 64;

  // One letter per column: 2 4 8 = bytes; S G B = heaps; @xx = index into table xx; lower case =
  // coded index.
  private static final String[] COLUMNS = new String[TABLES];

  static {
    String[] known = {
      "00:2SGGG", "01:rSS", "02:4SSt@04@06", "03:@04", "04:2SB", "05:@06", "06:422SB@08", "07:@08",
      "08:22S", "09:@02t", "0A:pSB", "0B:2cB", "0C:ayB", "0D:fB", "0E:2dB", "0F:24@02",
      "10:4@04", "11:B", "12:@02@14", "13:@14", "14:2St", "15:@02@17", "16:@17", "17:2SB",
      "18:2@06s", "19:@02mm", "1A:S", "1B:B", "1C:2wS@1A", "1D:4@04", "1E:44", "1F:4",
      "20:422224BSS", "21:4", "22:444", "23:22224BSSB", "24:4@23", "25:444@23", "26:4SB",
          "27:44SSi",
      "28:44Si", "29:@02@02", "2A:22oS", "2B:mB", "2C:@2At", "30:BGBG", "31:@30B"
    };
    for (String table : known) {
      COLUMNS[Integer.parseInt(table.substring(0, 2), 16)] = table.substring(3);
    }
  }

  private TableSchema() {}

  /** The columns of a table, or the empty text for one that is not known. */
  static String columns(int table) {
    return COLUMNS[table] == null ? "" : COLUMNS[table];
  }

  /**
   * Tables a coded index may point to, in the order of its tag; -1 is an unused tag (II.24.2.6).
   */
  static int[] coded(char kind) {
    return switch (kind) {
      case 't' -> new int[] {0x02, 0x01, 0x1B};
      case 'c' -> new int[] {0x04, 0x08, 0x17};
      case 'a' ->
          new int[] {
            0x06, 0x04, 0x01, 0x02, 0x08, 0x09, 0x0A, 0x00, 0x0E, 0x17, 0x14, 0x11, 0x1A, 0x1B,
            0x20, 0x23, 0x26, 0x27, 0x28, 0x2A, 0x2C, 0x2B
          };
      case 'f' -> new int[] {0x04, 0x08};
      case 'd' -> new int[] {0x02, 0x06, 0x20};
      case 'p' -> new int[] {0x02, 0x01, 0x1A, 0x06, 0x1B};
      case 's' -> new int[] {0x14, 0x17};
      case 'm' -> new int[] {0x06, 0x0A};
      case 'w' -> new int[] {0x04, 0x06};
      case 'i' -> new int[] {0x26, 0x23, 0x27};
      case 'y' -> new int[] {-1, -1, 0x06, 0x0A, -1};
      case 'r' -> new int[] {0x00, 0x1A, 0x23, 0x01};
      case 'o' -> new int[] {0x02, 0x06};
      default -> throw new IllegalArgumentException("no coded index " + kind);
    };
  }

  /** How many low bits of a coded index are its tag. */
  static int tagBits(char kind) {
    return 32 - Integer.numberOfLeadingZeros(coded(kind).length - 1);
  }
}
