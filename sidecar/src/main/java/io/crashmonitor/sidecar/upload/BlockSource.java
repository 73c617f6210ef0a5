package io.crashmonitor.sidecar.upload;

import io.crashmonitor.api.Compression;
import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Set;
import java.util.zip.Deflater;

/**
 * Cuts a dump into blocks, in order, in a few megabytes of memory whatever its size. With Gzip the
 * blocks together are one gzip member (RFC 1952), as browsers take no more than one; yet each is
 * compressed by itself from a piece of fixed size: the compressor starts anew and ends on a byte.
 * So the same dump gives the same blocks, and blocks that are in storage already need not be
 * compressed again. With Zstd each block is a frame, and frames in a row are one stream.
 */
final class BlockSource implements Closeable {
  private static final int BLOCK = 4 * 1024 * 1024;

  /** Bytes of the dump in a block: with what incompressible data grows by, it stays below 4 MiB. */
  static final int PIECE = BLOCK - 64 * 1024;

  private static final byte[] HEADER = {0x1F, (byte) 0x8B, 8, 0, 0, 0, 0, 0, 0, (byte) 0xFF};
  // An empty last block with fixed codes (RFC 1951 §3.2.6), which ends the stream of deflate.
  private static final byte[] END = {3, 0};
  private static final int READ = 64 * 1024;

  private final FileChannel channel;
  private final long size;
  private final long modified;
  private final boolean gzip;
  private final byte[] raw;
  private final Checksums sums;
  private final Deflater deflater = new Deflater(Deflater.BEST_SPEED, true);
  private final ByteBuffer piece = ByteBuffer.allocate(READ);
  private int next;

  private BlockSource(
      FileChannel channel, long size, long modified, Compression compression, Checksums sums) {
    this.channel = channel;
    this.size = size;
    this.modified = modified;
    this.gzip = compression == Compression.Gzip;
    this.raw = compression == Compression.Zstd ? new byte[PIECE] : null;
    this.sums = sums;
    sums.of(size, modified);
  }

  /**
   * Opens the dump; a link is refused.
   *
   * @param sums of the dump, as far as they are known from before
   */
  static BlockSource open(Path file, Compression compression, Checksums sums) throws IOException {
    FileChannel channel =
        FileChannel.open(file, Set.of(StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS));
    try {
      long modified = Files.getLastModifiedTime(file, LinkOption.NOFOLLOW_LINKS).toMillis();
      return new BlockSource(channel, channel.size(), modified, compression, sums);
    } catch (IOException e) {
      channel.close();
      throw e;
    }
  }

  /** Bytes of the dump. */
  long size() {
    return size;
  }

  /** When it was last written, epoch milliseconds; a move leaves it as it is. */
  long modified() {
    return modified;
  }

  /** How many blocks it makes. */
  int blocks() {
    return (int) Math.min(Integer.MAX_VALUE, Math.max(1, (size + PIECE - 1) / PIECE));
  }

  /** Passes over the next block, which is in storage; it is read only if the checksums need it. */
  void skip() throws IOException {
    if (next < sums.pieces()) {
      next++;
    } else {
      read(piece -> {});
    }
  }

  /**
   * The next block.
   *
   * @param buffer to hold it, at least {@link #bufferSize} bytes
   */
  Block next(byte[] buffer) throws IOException {
    Output out = new Output(buffer);
    int index = next;
    if (gzip && index == 0) {
      out.put(HEADER);
    }
    if (gzip) {
      deflater.reset();
      read(piece -> deflate(piece, out, Deflater.NO_FLUSH));
      deflate(ByteBuffer.allocate(0), out, Deflater.SYNC_FLUSH);
      if (next == blocks()) {
        out.put(END);
        out.putLittleEndian(sums.crc32());
        out.putLittleEndian((int) size);
      }
    } else if (raw != null) {
      Output whole = new Output(raw);
      read(whole::put);
      out.length = Zstandard.frame(raw, whole.length, buffer);
    } else {
      read(out::put);
    }
    return Block.of(index, buffer, out.length);
  }

  static int bufferSize() {
    return BLOCK;
  }

  /** SHA-256 of the dump, once all blocks were taken or passed over. */
  String sha256() {
    if (next != blocks()) {
      throw new IllegalStateException("the dump is not read to its end");
    }
    return sums.sha256();
  }

  @Override
  public void close() throws IOException {
    deflater.end();
    channel.close();
  }

  private interface Sink {
    void take(ByteBuffer piece);
  }

  private void read(Sink sink) throws IOException {
    boolean first = next == sums.pieces();
    try {
      read(sink, first);
    } catch (IOException e) {
      if (first) {
        sums.forget();
      }
      throw e;
    }
    if (first) {
      sums.pieceRead();
    }
    next++;
  }

  private void read(Sink sink, boolean first) throws IOException {
    long position = (long) next * PIECE;
    long end = Math.min(size, position + PIECE);
    while (position < end) {
      piece.clear().limit((int) Math.min(piece.capacity(), end - position));
      int count = channel.read(piece, position);
      if (count < 0) {
        throw new EOFException("the dump became shorter while it was read");
      }
      position += count;
      piece.flip();
      if (first) {
        sums.add(piece);
      }
      sink.take(piece);
    }
  }

  private void deflate(ByteBuffer from, Output out, int flush) {
    deflater.setInput(from);
    int count;
    do {
      count = deflater.deflate(out.bytes, out.length, out.bytes.length - out.length, flush);
      out.length += count;
    } while (count > 0 && !(flush == Deflater.NO_FLUSH && deflater.needsInput()));
  }

  private static final class Output {
    private final byte[] bytes;
    private int length;

    Output(byte[] bytes) {
      this.bytes = bytes;
    }

    void put(byte[] from) {
      System.arraycopy(from, 0, bytes, length, from.length);
      length += from.length;
    }

    void put(ByteBuffer from) {
      int count = from.remaining();
      from.get(bytes, length, count);
      length += count;
    }

    void putLittleEndian(int value) {
      for (int shift = 0; shift < 32; shift += 8) {
        bytes[length++] = (byte) (value >>> shift);
      }
    }
  }
}
