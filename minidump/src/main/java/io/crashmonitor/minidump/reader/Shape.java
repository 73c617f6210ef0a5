package io.crashmonitor.minidump.reader;

import java.nio.charset.StandardCharsets;

/** The checks every structure of the file goes through before anything is allocated for it. */
final class Shape {
  private static final int LONGEST_TEXT = 64 * 1024;

  private Shape() {}

  static MinidumpException malformed(long position, String message) {
    return new MinidumpException(MinidumpException.Kind.MALFORMED, position, message);
  }

  static void atLeast(StreamEntry stream, long size) {
    if (stream.size() < size) {
      throw malformed(
          stream.offset(), "the stream has " + stream.size() + " bytes, it needs " + size);
    }
  }

  /**
   * A list of fixed-size entries after a 32-bit count, as far as it can be trusted.
   *
   * @param first offset of entry 0
   * @param count entries that lie wholly in the file, at most the limit
   * @param claimed entries the stream says it has
   */
  record Entries(long first, int count, long claimed) {
    boolean cut() {
      return count < claimed;
    }
  }

  /**
   * Bounds a list by the file and by {@code limit}; one that contradicts its stream's size is
   * garbage, one that the file's end cuts off is true as far as it goes. Some writers pad four
   * bytes between count and entries; a stream exactly four bytes longer than its entries shows it.
   */
  static Entries entries(ByteSource bytes, StreamEntry stream, int entrySize, int limit) {
    atLeast(stream, 4);
    long claimed = bytes.u32(stream.offset());
    long first = stream.offset() + 4;
    if (stream.size() == 8 + claimed * entrySize) {
      first += 4;
    }
    long inStream = Math.max(0, stream.end() - first) / entrySize;
    if (claimed > inStream) {
      throw malformed(
          stream.offset(), claimed + " entries are claimed; the stream has room for " + inStream);
    }
    long inFile = Math.max(0, bytes.size() - first) / entrySize;
    long count = Math.min(Math.min(claimed, limit), inFile);
    return new Entries(first, (int) count, claimed);
  }

  /** A MINIDUMP_STRING: 32-bit length in bytes, then UTF-16LE. */
  static String text(ByteSource bytes, long offset) {
    long length = bytes.u32(offset);
    if ((length & 1) != 0) {
      throw malformed(offset, "a UTF-16 text of " + length + " bytes");
    }
    if (length > LONGEST_TEXT) {
      throw malformed(offset, "a name of " + length + " bytes");
    }
    return new String(bytes.bytes(offset + 4, (int) length), StandardCharsets.UTF_16LE);
  }

  /** The text, or an empty one where it cannot be read. */
  static String optionalText(ByteSource bytes, long offset) {
    if (offset == 0) {
      return "";
    }
    try {
      return text(bytes, offset);
    } catch (MinidumpException e) {
      return "";
    }
  }
}
