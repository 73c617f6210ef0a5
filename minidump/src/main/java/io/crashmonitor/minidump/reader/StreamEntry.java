package io.crashmonitor.minidump.reader;

/**
 * One entry of the dump's directory: a stream's type and where it lies. Sizes and offsets are as
 * the file says and are not yet checked against its length.
 *
 * @param type number of the type, see {@link StreamType}
 * @param size in bytes, unsigned 32 bits
 * @param offset of the first byte in the file
 */
public record StreamEntry(int type, long size, long offset) {
  /** Name of the type. */
  public String name() {
    return StreamType.name(type);
  }

  long end() {
    return offset + size;
  }
}
