package io.crashmonitor.minidump.reader;

import java.util.ArrayList;
import java.util.List;

/**
 * A thread of the process (MINIDUMP_THREAD).
 *
 * @param id of the operating system
 * @param suspendCount how often it was suspended
 * @param priorityClass of the process
 * @param priority of the thread
 * @param teb address of its TEB
 * @param stackStart lowest address of the stack memory in the dump
 * @param stack that memory in the file; its offset is 0 where the stack lies in the memory lists
 * @param context registers in the file, see {@link Minidump#context}
 */
public record DumpThread(
    long id,
    long suspendCount,
    long priorityClass,
    long priority,
    long teb,
    long stackStart,
    Place stack,
    Place context) {

  static final int SIZE = 48;
  static final int MOST = 16 * 1024;

  static List<DumpThread> readAll(ByteSource bytes, Shape.Entries entries) {
    List<DumpThread> threads = new ArrayList<>(entries.count());
    for (int i = 0; i < entries.count(); i++) {
      long at = entries.first() + (long) i * SIZE;
      threads.add(
          new DumpThread(
              bytes.u32(at),
              bytes.u32(at + 4),
              bytes.u32(at + 8),
              bytes.u32(at + 12),
              bytes.u64(at + 16),
              bytes.u64(at + 24),
              Place.read(bytes, at + 32),
              Place.read(bytes, at + 40)));
    }
    return List.copyOf(threads);
  }
}
