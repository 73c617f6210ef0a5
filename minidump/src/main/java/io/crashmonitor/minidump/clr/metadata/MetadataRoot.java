package io.crashmonitor.minidump.clr.metadata;

/**
 * Streams of a metadata block (ECMA-335 II.24.2.1 and II.24.2.2), as addresses.
 *
 * @param tables address of {@code #~} or {@code #-}
 * @param strings address of {@code #Strings}
 * @param blobs address of {@code #Blob}
 */
record MetadataRoot(
    long tables, long tablesSize, long strings, long stringsSize, long blobs, long blobsSize) {
  private static final int SIGNATURE = 0x424A5342;
  private static final int MAX_STREAMS = 16;

  static MetadataRoot read(View view, long address, long size) {
    if (size < 32 || size > 1L << 31 || view.i32(address) != SIGNATURE) {
      throw new ClrReadException("no metadata signature", address);
    }
    int versionLength = view.i32(address + 12);
    if (versionLength < 0 || versionLength > 256) {
      throw new ClrReadException("metadata version text too long", address + 12);
    }
    long at = address + 16 + versionLength;
    int streams = view.u16(at + 2);
    if (streams > MAX_STREAMS) {
      throw new ClrReadException("too many metadata streams", at + 2);
    }
    long[] place = new long[6];
    at += 4;
    for (int i = 0; i < streams; i++) {
      long offset = view.u32(at);
      long length = view.u32(at + 4);
      String name = view.utf8(at + 8, 32);
      int slot = slot(name);
      if (slot >= 0) {
        if (offset > size || length > size - offset) {
          throw new ClrReadException("metadata stream " + name + " outside its block", at);
        }
        place[slot] = address + offset;
        place[slot + 1] = length;
      }
      at += 8 + (name.length() + 4L & ~3L);
    }
    if (place[0] == 0) {
      throw new ClrReadException("metadata without tables", address);
    }
    return new MetadataRoot(place[0], place[1], place[2], place[3], place[4], place[5]);
  }

  private static int slot(String name) {
    return switch (name) {
      case "#~", "#-" -> 0;
      case "#Strings" -> 2;
      case "#Blob" -> 4;
      default -> -1;
    };
  }

  /** Address of a name. */
  long string(int offset) {
    return inside(offset, strings, stringsSize, "name");
  }

  /** Address of a blob: its length prefix. */
  long blob(int offset) {
    return inside(offset, blobs, blobsSize, "blob");
  }

  private static long inside(int offset, long start, long size, String what) {
    if (Integer.toUnsignedLong(offset) >= size) {
      throw new ClrReadException("metadata " + what + " outside its heap", start);
    }
    return start + Integer.toUnsignedLong(offset);
  }
}
