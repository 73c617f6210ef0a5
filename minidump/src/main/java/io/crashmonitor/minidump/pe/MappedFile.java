package io.crashmonitor.minidump.pe;

import io.crashmonitor.minidump.reader.ByteSource;
import io.crashmonitor.minidump.reader.CopyingMemory;
import io.crashmonitor.minidump.reader.MinidumpException;
import java.util.Optional;

/**
 * A PE file seen as if it were mapped at an address: sections at their RVAs. Relocations are not
 * applied: headers, exports, unwind tables and code hold RVAs only.
 */
final class MappedFile extends CopyingMemory {
  private final ByteSource file;
  private final PeImage headers;
  private final long base;

  private MappedFile(ByteSource file, PeImage headers, long base) {
    this.file = file;
    this.headers = headers;
    this.base = base;
  }

  /** The file mapped at the base; empty when it is no PE image of this build. */
  static Optional<MappedFile> of(ByteSource file, long base, long timestamp, long size) {
    return PeImage.at(new Flat(file), 0)
        .filter(pe -> pe.timestamp() == timestamp && pe.sizeOfImage() == size)
        .map(pe -> new MappedFile(file, pe, base));
  }

  @Override
  public long available(long address, long length) {
    long rva = address - base;
    if (rva < 0 || rva >= headers.sizeOfImage()) {
      return 0;
    }
    Optional<PeImage.Section> section = headers.section(rva);
    long there =
        section.isPresent()
            ? section.get().rawSize() - (rva - section.get().rva())
            : firstSection() - rva;
    long inFile = file.size() - offset(section, rva);
    return Math.max(0, Math.min(length, Math.min(there, inFile)));
  }

  @Override
  public void read(long address, byte[] target, int offset, int length) {
    if (available(address, length) < length) {
      throw MinidumpException.unreadable(address);
    }
    long rva = address - base;
    file.read(offset(headers.section(rva), rva), target, offset, length);
  }

  private long firstSection() {
    return headers.sections().stream().mapToLong(PeImage.Section::rva).min().orElse(0);
  }

  private static long offset(Optional<PeImage.Section> section, long rva) {
    return section.map(found -> found.rawOffset() + (rva - found.rva())).orElse(rva);
  }

  /** The file as it lies: its headers are at the same offsets mapped and unmapped. */
  private static final class Flat extends CopyingMemory {
    private final ByteSource file;

    Flat(ByteSource file) {
      this.file = file;
    }

    @Override
    public long available(long address, long length) {
      return address < 0 ? 0 : Math.max(0, Math.min(length, file.size() - address));
    }

    @Override
    public void read(long address, byte[] target, int offset, int length) {
      file.read(address, target, offset, length);
    }
  }
}
