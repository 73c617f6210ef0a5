package io.crashmonitor.minidump.reader;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * The process's id and times (MINIDUMP_MISC_INFO to _5, each the longer one); flags in the stream
 * say which fields are valid.
 *
 * @param processId id of the process
 * @param createTime start of the process, whole seconds
 * @param userSeconds CPU time in user mode
 * @param kernelSeconds CPU time in the kernel
 * @param integrity RID of the process's mandatory label (since version 3)
 * @param build of the system in the system's own words (since version 4): {@code
 *     20348.1.amd64fre.fe_release.210507-1500}; empty when not known
 */
public record MiscInfo(
    OptionalLong processId,
    Optional<Instant> createTime,
    OptionalLong userSeconds,
    OptionalLong kernelSeconds,
    OptionalLong integrity,
    String build) {

  private static final int SIZE = 24;
  private static final int HAS_PROCESS_ID = 0x001;
  private static final int HAS_TIMES = 0x002;
  private static final int HAS_INTEGRITY = 0x010;
  private static final int HAS_BUILD = 0x100;
  private static final int INTEGRITY_AT = 44;
  private static final int BUILD_AT = 232;
  private static final int BUILD_SIZE = 520;

  static MiscInfo read(ByteSource bytes, StreamEntry stream) {
    Shape.atLeast(stream, SIZE);
    long at = stream.offset();
    // The structure says its own size, too; a stream may be padded.
    long size = Math.min(stream.size(), Math.max(SIZE, bytes.u32(at)));
    bytes.require(at, Math.min(size, BUILD_AT + BUILD_SIZE));
    int flags = bytes.i32(at + 4);
    boolean times = (flags & HAS_TIMES) != 0;
    boolean integrity = (flags & HAS_INTEGRITY) != 0 && size >= INTEGRITY_AT + 4;
    boolean build = (flags & HAS_BUILD) != 0 && size >= BUILD_AT + BUILD_SIZE;
    return new MiscInfo(
        (flags & HAS_PROCESS_ID) != 0 ? OptionalLong.of(bytes.u32(at + 8)) : OptionalLong.empty(),
        times ? Optional.of(Instant.ofEpochSecond(bytes.u32(at + 12))) : Optional.empty(),
        times ? OptionalLong.of(bytes.u32(at + 16)) : OptionalLong.empty(),
        times ? OptionalLong.of(bytes.u32(at + 20)) : OptionalLong.empty(),
        integrity ? OptionalLong.of(bytes.u32(at + INTEGRITY_AT)) : OptionalLong.empty(),
        build ? text(bytes, at + BUILD_AT) : "");
  }

  private static String text(ByteSource bytes, long at) {
    String text = new String(bytes.bytes(at, BUILD_SIZE), StandardCharsets.UTF_16LE);
    int end = text.indexOf('\0');
    return end < 0 ? text : text.substring(0, end);
  }
}
