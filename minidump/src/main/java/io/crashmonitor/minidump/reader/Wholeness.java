package io.crashmonitor.minidump.reader;

import java.io.IOException;
import java.nio.file.Path;

/**
 * Whether a dump's file is complete: header, directory, every stream and every range of memory lie
 * inside it, and a dump of all memory has it. Tells a dump that is still being written, or whose
 * writer was killed, from a whole one; it reads a few kilobytes, whatever the size of the dump.
 *
 * @param state the verdict
 * @param position offset at which it fails; 0 when whole
 * @param reason in words; empty when whole
 */
public record Wholeness(State state, long position, String reason) {
  /** The verdict. */
  public enum State {
    /** Everything the file says it holds is there. */
    WHOLE,
    /** It begins as a dump (or is empty or zeroed, as while being written) and lacks something. */
    INCOMPLETE,
    /** Not a minidump at all: it will never become one by waiting. */
    NOT_A_MINIDUMP
  }

  /** MiniDumpWithFullMemory: the memory is written last. */
  private static final long FULL_MEMORY = 2;

  private static final Wholeness COMPLETE = new Wholeness(State.WHOLE, 0, "");

  /**
   * Checks the file.
   *
   * @throws IOException when it is missing or may not be read
   */
  public static Wholeness of(Path file) throws IOException {
    try (PagedFile bytes = PagedFile.open(file)) {
      return of(bytes);
    } catch (MinidumpException e) {
      return incomplete(e.position(), e.getMessage());
    }
  }

  /** Checks bytes. */
  public static Wholeness of(ByteSource bytes) {
    if (bytes.size() < Directory.HEADER_SIZE || bytes.i32(0) == 0) {
      return incomplete(bytes.size(), "the header is not written yet");
    }
    try {
      Directory directory = Directory.read(bytes);
      return directory.streams().isEmpty()
          ? incomplete(8, "the directory lists no stream yet")
          : streams(bytes, directory);
    } catch (MinidumpException e) {
      return e.kind() == MinidumpException.Kind.NOT_A_MINIDUMP
          ? new Wholeness(State.NOT_A_MINIDUMP, e.position(), e.getMessage())
          : incomplete(e.position(), e.getMessage());
    }
  }

  private static Wholeness streams(ByteSource bytes, Directory directory) {
    for (StreamEntry stream : directory.streams()) {
      if (!bytes.holds(stream.offset(), stream.size())) {
        return incomplete(
            stream.offset(),
            "stream " + stream.name() + " lies beyond the file's end at " + bytes.size());
      }
    }
    if ((directory.flags() & FULL_MEMORY) != 0
        && directory.first(StreamType.MEMORY64_LIST).isEmpty()) {
      return incomplete(bytes.size(), "it is to hold all memory, and holds none yet");
    }
    // Not closed: the bytes are the caller's.
    Minidump dump = Minidump.of(bytes);
    dump.memory();
    for (DumpThread thread : dump.threads()) {
      bytes.require(thread.context().offset(), thread.context().size());
    }
    return dump.findings().list().stream()
        .findFirst()
        .map(finding -> incomplete(bytes.size(), finding.part() + ": " + finding.message()))
        .orElse(COMPLETE);
  }

  private static Wholeness incomplete(long position, String reason) {
    return new Wholeness(State.INCOMPLETE, position, reason);
  }

  /** Whether everything is there. */
  public boolean whole() {
    return state == State.WHOLE;
  }
}
