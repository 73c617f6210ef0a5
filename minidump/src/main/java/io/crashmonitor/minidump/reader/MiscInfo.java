package io.crashmonitor.minidump.reader;

import java.time.Instant;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * The process's id and times (MINIDUMP_MISC_INFO); flags in the stream say which are valid.
 *
 * @param processId id of the process
 * @param createTime start of the process, whole seconds
 * @param userSeconds CPU time in user mode
 * @param kernelSeconds CPU time in the kernel
 */
public record MiscInfo(
    OptionalLong processId,
    Optional<Instant> createTime,
    OptionalLong userSeconds,
    OptionalLong kernelSeconds) {

  private static final int HAS_PROCESS_ID = 1;
  private static final int HAS_TIMES = 2;

  static MiscInfo read(ByteSource bytes, StreamEntry stream) {
    Shape.atLeast(stream, 24);
    long at = stream.offset();
    bytes.require(at, 24);
    int flags = bytes.i32(at + 4);
    boolean times = (flags & HAS_TIMES) != 0;
    return new MiscInfo(
        (flags & HAS_PROCESS_ID) != 0 ? OptionalLong.of(bytes.u32(at + 8)) : OptionalLong.empty(),
        times ? Optional.of(Instant.ofEpochSecond(bytes.u32(at + 12))) : Optional.empty(),
        times ? OptionalLong.of(bytes.u32(at + 16)) : OptionalLong.empty(),
        times ? OptionalLong.of(bytes.u32(at + 20)) : OptionalLong.empty());
  }
}
