package io.crashmonitor.minidump.reader;

/**
 * The newer kind of list: it begins with the sizes of its header and of an entry, so that entries
 * may grow; what is longer than known is skipped.
 *
 * @param first offset of entry 0
 * @param step size of an entry in this file
 * @param count entries that can be read
 * @param claimed entries the stream says it has; unsigned
 */
record SizedList(long first, long step, int count, long claimed) {
  /**
   * Reads the list's header.
   *
   * @param known size of what is read of an entry
   * @param wideCount whether the count has 64 bits
   */
  static SizedList read(
      ByteSource bytes, StreamEntry stream, int known, int limit, boolean wideCount) {
    Shape.atLeast(stream, wideCount ? 16 : 12);
    long header = bytes.u32(stream.offset());
    long step = bytes.u32(stream.offset() + 4);
    long claimed = wideCount ? bytes.u64(stream.offset() + 8) : bytes.u32(stream.offset() + 8);
    if (step < known) {
      throw Shape.malformed(
          stream.offset() + 4, "entries of " + step + " bytes; they need " + known);
    }
    long first = stream.offset() + header;
    long room = Math.min(stream.end(), bytes.size()) - first;
    long fits = Math.max(0, room) / step;
    long count = claimed < 0 ? fits : Math.min(claimed, fits);
    return new SizedList(first, step, (int) Math.min(count, limit), claimed);
  }

  long entry(int index) {
    return first + index * step;
  }

  boolean cut() {
    return Long.compareUnsigned(count, claimed) < 0;
  }
}
