package io.crashmonitor.minidump.reader;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;

/**
 * A file of any size read by position through a small cache of pages.
 *
 * <p>Not mapped: on Windows a mapped file cannot be deleted until the collector has run, and a
 * mapping of a file that shrinks ends the JVM. The cache is 4-way set-associative and never holds
 * more than {@value #SETS} × {@value #WAYS} pages of {@value #PAGE} bytes; a page's buffer is used
 * again for the page that evicts it, so reading gigabytes makes no garbage.
 */
public final class PagedFile implements ByteSource {
  private static final int PAGE_BITS = 14;
  private static final int PAGE = 1 << PAGE_BITS;
  private static final int SETS = 64;
  private static final int WAYS = 4;

  private final FileChannel channel;
  private final long size;
  private final ByteBuffer[] pages = new ByteBuffer[SETS * WAYS];
  private final long[] numbers = new long[SETS * WAYS];
  private final int[] usedAt = new int[SETS * WAYS];
  private int clock;
  private ByteBuffer last;
  private long lastNumber = -1;
  private long bytesRead;

  private PagedFile(FileChannel channel, long size) {
    this.channel = channel;
    this.size = size;
    Arrays.fill(numbers, -1);
  }

  /**
   * Opens the file for reading; its size is taken once, now.
   *
   * @throws IOException when the file is missing or may not be read
   */
  public static PagedFile open(Path file) throws IOException {
    FileChannel channel = FileChannel.open(file, StandardOpenOption.READ);
    try {
      return new PagedFile(channel, channel.size());
    } catch (IOException | RuntimeException e) {
      channel.close();
      throw e;
    }
  }

  @Override
  public long size() {
    return size;
  }

  /** Bytes read from the file so far: what the analysis cost in I/O. */
  public long bytesRead() {
    return bytesRead;
  }

  @Override
  public void read(long position, byte[] target, int offset, int length) {
    require(position, length);
    int done = 0;
    while (done < length) {
      long at = position + done;
      int inPage = (int) (at & (PAGE - 1));
      int n = Math.min(length - done, PAGE - inPage);
      page(at >>> PAGE_BITS).get(inPage, target, offset + done, n);
      done += n;
    }
  }

  @Override
  public int u8(long position) {
    require(position, 1);
    return page(position >>> PAGE_BITS).get((int) (position & (PAGE - 1))) & 0xFF;
  }

  @Override
  public int u16(long position) {
    require(position, 2);
    int inPage = (int) (position & (PAGE - 1));
    if (inPage <= PAGE - 2) {
      return page(position >>> PAGE_BITS).getShort(inPage) & 0xFFFF;
    }
    return u8(position) | u8(position + 1) << 8;
  }

  @Override
  public int i32(long position) {
    require(position, 4);
    int inPage = (int) (position & (PAGE - 1));
    if (inPage <= PAGE - 4) {
      return page(position >>> PAGE_BITS).getInt(inPage);
    }
    return u16(position) | u16(position + 2) << 16;
  }

  @Override
  public long u64(long position) {
    require(position, 8);
    int inPage = (int) (position & (PAGE - 1));
    if (inPage <= PAGE - 8) {
      return page(position >>> PAGE_BITS).getLong(inPage);
    }
    return u32(position) | u32(position + 4) << 32;
  }

  private ByteBuffer page(long number) {
    if (number == lastNumber) {
      return last;
    }
    int set = (int) (number & (SETS - 1)) * WAYS;
    int victim = set;
    for (int slot = set; slot < set + WAYS; slot++) {
      if (numbers[slot] == number) {
        return use(slot, number);
      }
      if (usedAt[slot] - usedAt[victim] < 0) {
        victim = slot;
      }
    }
    load(victim, number);
    return use(victim, number);
  }

  private ByteBuffer use(int slot, long number) {
    usedAt[slot] = ++clock;
    last = pages[slot];
    lastNumber = number;
    return last;
  }

  private void load(int slot, long number) {
    if (pages[slot] == null) {
      pages[slot] = ByteBuffer.allocate(PAGE).order(ByteOrder.LITTLE_ENDIAN);
    }
    ByteBuffer page = pages[slot].clear();
    // Whatever happens below, the slot no longer holds its old page.
    numbers[slot] = -1;
    lastNumber = -1;
    long start = number << PAGE_BITS;
    page.limit((int) Math.min(PAGE, size - start));
    try {
      while (page.hasRemaining()) {
        int n = channel.read(page, start + page.position());
        if (n < 0) {
          throw new MinidumpException(
              MinidumpException.Kind.TRUNCATED,
              start + page.position(),
              "the file became shorter than " + size + " bytes while it was read");
        }
        bytesRead += n;
      }
    } catch (IOException e) {
      throw new MinidumpException(
          MinidumpException.Kind.IO, start, "reading the file failed: " + e.getMessage(), e);
    }
    page.clear();
    numbers[slot] = number;
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
