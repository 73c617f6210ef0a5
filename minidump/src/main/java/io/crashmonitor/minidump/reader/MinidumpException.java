package io.crashmonitor.minidump.reader;

/**
 * The only exception that reading a dump lets out: what is wrong ({@link #kind}) and where ({@link
 * #position}).
 *
 * <p>The position is an offset in the file, except for {@link Kind#UNREADABLE_MEMORY}, where it is
 * an address of the crashed process. Those faults are everyday (a walk probes memory that the dump
 * does not hold), so they carry no Java stack trace.
 */
public final class MinidumpException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** What kind of fault stopped the reading. */
  public enum Kind {
    /** The file does not begin as a minidump does. */
    NOT_A_MINIDUMP,
    /** The file ends before something that it says it holds. */
    TRUNCATED,
    /** A structure contradicts itself. */
    MALFORMED,
    /** A count or a size is beyond what is read of any dump. */
    LIMIT,
    /** Nothing in the dump tells about a crash: neither threads nor an exception. */
    NOTHING_TO_EXPLAIN,
    /** The address is not in the dump's memory. */
    UNREADABLE_MEMORY,
    /** The operating system failed to read the file. */
    IO
  }

  private final Kind kind;
  private final long position;

  /** A fault at a file offset. */
  public MinidumpException(Kind kind, long position, String message) {
    this(kind, position, message, null);
  }

  /** A fault at a file offset, with what caused it. */
  public MinidumpException(Kind kind, long position, String message, Throwable cause) {
    super(message, cause, false, kind != Kind.UNREADABLE_MEMORY);
    this.kind = kind;
    this.position = position;
  }

  /** The process's memory at the address is not in the dump. */
  public static MinidumpException unreadable(long address) {
    return new MinidumpException(
        Kind.UNREADABLE_MEMORY,
        address,
        "memory at 0x" + Long.toHexString(address) + " is not in the dump");
  }

  public Kind kind() {
    return kind;
  }

  /** File offset, or the address for {@link Kind#UNREADABLE_MEMORY}. */
  public long position() {
    return position;
  }
}
