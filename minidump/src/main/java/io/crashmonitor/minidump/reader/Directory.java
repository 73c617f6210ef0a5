package io.crashmonitor.minidump.reader;

import io.crashmonitor.minidump.reader.MinidumpException.Kind;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Header and list of streams: all that opening a dump reads.
 *
 * @param written when the dump was begun, whole seconds
 * @param flags MINIDUMP_TYPE: what the writer was asked to put in
 * @param streams in the file's order, unused entries left out
 */
public record Directory(Instant written, long flags, List<StreamEntry> streams) {
  static final int HEADER_SIZE = 32;
  static final int ENTRY_SIZE = 12;
  static final int SIGNATURE = 0x504D444D;
  private static final int VERSION = 0xA793;
  private static final int MOST_STREAMS = 4096;

  /**
   * Reads header and directory.
   *
   * @throws MinidumpException NOT_A_MINIDUMP, TRUNCATED, or LIMIT for an absurd stream count
   */
  static Directory read(ByteSource bytes) {
    if (bytes.size() < HEADER_SIZE) {
      throw new MinidumpException(
          bytes.size() >= 4 && bytes.i32(0) == SIGNATURE ? Kind.TRUNCATED : Kind.NOT_A_MINIDUMP,
          0,
          "not a minidump: " + bytes.size() + " bytes, shorter than a minidump's header");
    }
    if (bytes.i32(0) != SIGNATURE) {
      throw new MinidumpException(
          Kind.NOT_A_MINIDUMP, 0, "not a minidump: " + whatItIs(bytes.i32(0)));
    }
    if (bytes.u16(4) != VERSION) {
      throw new MinidumpException(
          Kind.NOT_A_MINIDUMP,
          4,
          "not a minidump: format version 0x" + Integer.toHexString(bytes.u16(4)));
    }
    return new Directory(Instant.ofEpochSecond(bytes.u32(20)), bytes.u64(24), entries(bytes));
  }

  /** What people hand in by mistake, by its first bytes. */
  private static String whatItIs(int signature) {
    if ((signature & 0xFFFF) == 0x8B1F) {
      return "it is gzipped; unpack it first (gzip -d)";
    }
    return switch (signature) {
      case 0xFD2FB528 -> "it is compressed by zstd; unpack it first (zstd -d)";
      case 0x45474150 -> "it is a dump of the Windows kernel";
      case 0x464C457F -> "it is an ELF file, perhaps a Linux core";
      case 0 -> "it begins with zeros, as a dump that is still being written";
      default -> "it does not begin with MDMP";
    };
  }

  private static List<StreamEntry> entries(ByteSource bytes) {
    long count = bytes.u32(8);
    long offset = bytes.u32(12);
    if (count > MOST_STREAMS) {
      throw new MinidumpException(
          Kind.LIMIT, 8, "the header claims " + count + " streams; at most 4096 are read");
    }
    if (!bytes.holds(offset, count * ENTRY_SIZE)) {
      throw new MinidumpException(
          Kind.TRUNCATED,
          12,
          "the directory of "
              + count
              + " streams at offset "
              + offset
              + " is beyond the file's end");
    }
    List<StreamEntry> streams = new ArrayList<>((int) count);
    for (int i = 0; i < count; i++) {
      long at = offset + (long) i * ENTRY_SIZE;
      int type = bytes.i32(at);
      if (type != StreamType.UNUSED.number()) {
        streams.add(new StreamEntry(type, bytes.u32(at + 4), bytes.u32(at + 8)));
      }
    }
    return List.copyOf(streams);
  }

  /** The first stream of the type. */
  public Optional<StreamEntry> first(StreamType type) {
    return streams.stream().filter(entry -> entry.type() == type.number()).findFirst();
  }
}
