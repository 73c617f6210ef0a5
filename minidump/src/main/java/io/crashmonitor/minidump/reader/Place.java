package io.crashmonitor.minidump.reader;

/**
 * Bytes of the file that a structure points at (MINIDUMP_LOCATION_DESCRIPTOR); not yet checked.
 *
 * @param size in bytes
 * @param offset in the file
 */
public record Place(long size, long offset) {
  static Place read(ByteSource bytes, long at) {
    return new Place(bytes.u32(at), bytes.u32(at + 4));
  }

  boolean empty() {
    return size == 0;
  }
}
