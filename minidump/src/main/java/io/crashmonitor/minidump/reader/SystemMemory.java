package io.crashmonitor.minidump.reader;

/**
 * Memory of the whole machine when the dump was written (MINIDUMP_SYSTEM_MEMORY_INFO_1): whether it
 * was the node that ran out. In bytes; 0 when not known.
 *
 * @param physical RAM of the machine
 * @param available of it
 * @param commit committed by all processes
 * @param commitLimit RAM and page files: where an allocation fails
 */
public record SystemMemory(long physical, long available, long commit, long commitLimit) {
  private static final int SIZE = 148;
  private static final int HAS_PERFORMANCE = 2;
  private static final long LARGEST_PAGE = 1 << 24;
  private static final long MOST_PAGES = 1L << 38;

  static SystemMemory read(ByteSource bytes, StreamEntry stream) {
    Shape.atLeast(stream, SIZE);
    long at = stream.offset();
    bytes.require(at, SIZE);
    long page = bytes.u32(at + 8);
    if (page == 0 || page > LARGEST_PAGE) {
      throw Shape.malformed(at + 8, "pages of " + page + " bytes");
    }
    boolean performance = (bytes.u16(at + 2) & HAS_PERFORMANCE) != 0;
    return new SystemMemory(
        bytes.u32(at + 12) * page,
        performance ? pages(bytes, at + 116) * page : 0,
        performance ? pages(bytes, at + 124) * page : 0,
        performance ? pages(bytes, at + 132) * page : 0);
  }

  private static long pages(ByteSource bytes, long at) {
    long count = bytes.u64(at);
    if (count < 0 || count > MOST_PAGES) {
      throw Shape.malformed(at, Long.toUnsignedString(count) + " pages of memory");
    }
    return count;
  }
}
