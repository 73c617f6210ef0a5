package io.crashmonitor.minidump.reader;

import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * What the system knew of a thread (MINIDUMP_THREAD_INFO).
 *
 * @param id of the operating system
 * @param dumpFlags MINIDUMP_THREAD_INFO_*: how the dump's writer fared with it
 * @param dumpError HRESULT of the writer where it failed
 * @param created when it was created
 * @param kernel CPU time in the kernel
 * @param user CPU time in user mode
 * @param startAddress the function it was created with; 0 when not known
 */
public record ThreadInfo(
    long id,
    int dumpFlags,
    int dumpError,
    Optional<Instant> created,
    Duration kernel,
    Duration user,
    long startAddress) {

  static final int SIZE = 64;
  private static final int ERROR = 0x01;
  private static final int INVALID_INFO = 0x08;
  private static final int INVALID_CONTEXT = 0x10;

  static Map<Long, ThreadInfo> readAll(ByteSource bytes, SizedList list) {
    Map<Long, ThreadInfo> threads = new HashMap<>();
    for (int i = 0; i < list.count(); i++) {
      ThreadInfo thread = read(bytes, list.entry(i));
      threads.putIfAbsent(thread.id(), thread);
    }
    return Map.copyOf(threads);
  }

  private static ThreadInfo read(ByteSource bytes, long at) {
    int flags = bytes.i32(at + 4);
    boolean valid = (flags & INVALID_INFO) == 0;
    return new ThreadInfo(
        bytes.u32(at),
        flags,
        bytes.i32(at + 8),
        valid ? FileTime.instant(bytes.u64(at + 16)) : Optional.empty(),
        valid ? FileTime.duration(bytes.u64(at + 32)) : Duration.ZERO,
        valid ? FileTime.duration(bytes.u64(at + 40)) : Duration.ZERO,
        valid ? bytes.u64(at + 48) : 0);
  }

  /** Whether the dump's writer could not read the thread: its registers and stack say nothing. */
  public boolean unreadable() {
    return (dumpFlags & (ERROR | INVALID_CONTEXT)) != 0;
  }
}
