package io.crashmonitor.minidump.reader;

import java.util.ArrayList;
import java.util.List;

/**
 * An image that was unloaded before the crash (MINIDUMP_UNLOADED_MODULE): code that runs on in it
 * crashes where no module is.
 *
 * @param base address it had
 * @param size of the image
 * @param name of the file
 */
public record UnloadedModule(long base, long size, String name) {
  static final int SIZE = 24;
  static final int MOST = 4096;

  static List<UnloadedModule> readAll(ByteSource bytes, SizedList list) {
    List<UnloadedModule> modules = new ArrayList<>(list.count());
    for (int i = 0; i < list.count(); i++) {
      long at = list.entry(i);
      String path = Shape.optionalText(bytes, bytes.u32(at + 20));
      modules.add(
          new UnloadedModule(
              bytes.u64(at), bytes.u32(at + 8), path.substring(path.lastIndexOf('\\') + 1)));
    }
    return List.copyOf(modules);
  }

  /** Whether the address lay in it. */
  public boolean contains(long address) {
    return Long.compareUnsigned(address - base, size) < 0;
  }
}
