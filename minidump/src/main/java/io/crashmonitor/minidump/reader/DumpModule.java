package io.crashmonitor.minidump.reader;

import java.util.ArrayList;
import java.util.List;

/**
 * An image loaded in the process (MINIDUMP_MODULE).
 *
 * @param base address
 * @param size in bytes, of the mapped image
 * @param checksum of the PE header
 * @param timestamp of the PE header; with the size it names the build
 * @param path of the file
 * @param version of the file ({@code 10.0.20348.1}), empty where there is none
 * @param codeView the record that names the PDB
 */
public record DumpModule(
    long base,
    long size,
    long checksum,
    long timestamp,
    String path,
    String version,
    Place codeView) {

  static final int SIZE = 108;
  static final int MOST = 16 * 1024;
  private static final int VERSION_SIGNATURE = 0xFEEF04BD;

  static List<DumpModule> readAll(ByteSource bytes, Shape.Entries entries, Findings findings) {
    List<DumpModule> modules = new ArrayList<>(entries.count());
    for (int i = 0; i < entries.count(); i++) {
      long at = entries.first() + (long) i * SIZE;
      modules.add(
          new DumpModule(
              bytes.u64(at),
              bytes.u32(at + 8),
              bytes.u32(at + 12),
              bytes.u32(at + 16),
              path(bytes, bytes.u32(at + 20), findings),
              version(bytes, at + 24),
              Place.read(bytes, at + 76)));
    }
    return List.copyOf(modules);
  }

  private static String path(ByteSource bytes, long offset, Findings findings) {
    try {
      return Shape.text(bytes, offset);
    } catch (MinidumpException e) {
      findings.add("ModuleList", e);
      return "";
    }
  }

  private static String version(ByteSource bytes, long at) {
    if (bytes.i32(at) != VERSION_SIGNATURE) {
      return "";
    }
    long high = bytes.u32(at + 8);
    long low = bytes.u32(at + 12);
    return (high >>> 16) + "." + (high & 0xFFFF) + "." + (low >>> 16) + "." + (low & 0xFFFF);
  }

  /** File name without its folder, for Windows and Unix paths; the base address if it has none. */
  public String name() {
    int slash = Math.max(path.lastIndexOf('\\'), path.lastIndexOf('/'));
    String name = path.substring(slash + 1);
    return name.isEmpty() ? "0x" + Long.toHexString(base) : name;
  }

  /** Whether the address lies in the image. */
  public boolean contains(long address) {
    return Long.compareUnsigned(address - base, size) < 0;
  }
}
