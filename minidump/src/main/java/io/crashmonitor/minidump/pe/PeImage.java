package io.crashmonitor.minidump.pe;

import io.crashmonitor.minidump.reader.Memory;
import io.crashmonitor.minidump.reader.MinidumpException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A PE image as it is mapped in the crashed process: headers, data directories, sections.
 *
 * <p>Source: "PE Format", Microsoft. All RVAs are relative to {@link #base}; nothing says that what
 * they point at is in the dump.
 *
 * @param memory of the process
 * @param base address
 * @param machine IMAGE_FILE_MACHINE_*: 0x8664 amd64, 0x14C x86, 0xAA64 arm64
 * @param pe32Plus whether it is a 64-bit image
 * @param sizeOfImage of the mapped image
 * @param timestamp of the header; with the size it names the build
 * @param directories data directories, at most 16
 * @param sections at most 96
 */
public record PeImage(
    Memory memory,
    long base,
    int machine,
    boolean pe32Plus,
    long sizeOfImage,
    long timestamp,
    List<Directory> directories,
    List<Section> sections) {

  /** Index of the export table in the data directories. */
  public static final int EXPORT = 0;

  /** Index of {@code .pdata}. */
  public static final int EXCEPTION = 3;

  /** Index of the debug directory. */
  public static final int DEBUG = 6;

  /** Index of the CLI header. */
  public static final int CLI = 14;

  private static final int MOST_SECTIONS = 96;
  private static final long EXECUTABLE = 0x2000_0000L;

  /** A data directory: where a table lies. */
  public record Directory(long rva, long size) {
    /** Whether there is such a table. */
    public boolean present() {
      return rva != 0 && size != 0;
    }

    /** Whether the RVA lies in it. */
    public boolean contains(long address) {
      return address >= rva && address - rva < size;
    }
  }

  /**
   * A section.
   *
   * @param rva where it is mapped
   * @param virtualSize in memory
   * @param rawOffset in the file
   * @param rawSize in the file
   * @param characteristics IMAGE_SCN_*
   */
  public record Section(
      long rva, long virtualSize, long rawOffset, long rawSize, long characteristics) {
    /** Whether code may run in it. */
    public boolean executable() {
      return (characteristics & EXECUTABLE) != 0;
    }

    /** Whether the RVA lies in it. */
    public boolean contains(long address) {
      return address >= rva && address - rva < Math.max(virtualSize, rawSize);
    }
  }

  /** Reads the headers at the base; empty where they are not in memory or not a PE image's. */
  public static Optional<PeImage> at(Memory memory, long base) {
    try {
      return read(memory, base);
    } catch (MinidumpException e) {
      return Optional.empty();
    }
  }

  private static Optional<PeImage> read(Memory memory, long base) {
    long header = base + memory.u32(base + 0x3C);
    if (memory.u16(base) != 0x5A4D || memory.u32(header) != 0x4550) {
      return Optional.empty();
    }
    long optional = header + 24;
    int magic = memory.u16(optional);
    if (magic != 0x20B && magic != 0x10B) {
      return Optional.empty();
    }
    boolean plus = magic == 0x20B;
    long table = optional + (plus ? 112 : 96);
    int count = (int) Math.min(memory.u32(table - 4), 16);
    List<Directory> directories = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      directories.add(new Directory(memory.u32(table + 8L * i), memory.u32(table + 8L * i + 4)));
    }
    long sectionTable = optional + memory.u16(header + 20);
    return Optional.of(
        new PeImage(
            memory,
            base,
            memory.u16(header + 4),
            plus,
            memory.u32(optional + 56),
            memory.u32(header + 8),
            List.copyOf(directories),
            sections(memory, sectionTable, memory.u16(header + 6))));
  }

  private static List<Section> sections(Memory memory, long table, int count) {
    List<Section> sections = new ArrayList<>();
    for (int i = 0; i < Math.min(count, MOST_SECTIONS); i++) {
      long at = table + 40L * i;
      sections.add(
          new Section(
              memory.u32(at + 12),
              memory.u32(at + 8),
              memory.u32(at + 20),
              memory.u32(at + 16),
              memory.u32(at + 36)));
    }
    return List.copyOf(sections);
  }

  /** The data directory at the index; an absent one where the image has fewer. */
  public Directory directory(int index) {
    return index < directories.size() ? directories.get(index) : new Directory(0, 0);
  }

  /** The section that holds the RVA. */
  public Optional<Section> section(long rva) {
    return sections.stream().filter(section -> section.contains(rva)).findFirst();
  }
}
