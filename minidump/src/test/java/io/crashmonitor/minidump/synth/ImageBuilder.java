package io.crashmonitor.minidump.synth;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Builds a mapped PE image for tests: code at 0x1000, unwind information at 0x2000, {@code .pdata}
 * at 0x3000, exports at 0x4000; 0x5000 bytes in all. File and mapping are laid out alike, so the
 * same bytes serve as file.
 */
public final class ImageBuilder {
  public static final int TEXT = 0x1000;
  public static final int UNWIND = 0x2000;
  public static final int PDATA = 0x3000;
  public static final int EXPORTS = 0x4000;
  public static final int SIZE = 0x5000;
  public static final long TIMESTAMP = 0x5F000000L;

  private record Function(long begin, long end, long unwind) {}

  private record Export(String name, long rva) {}

  private final int machine;
  private final byte[] text = new byte[0x1000];
  private final Bytes unwind = new Bytes();
  private final List<Function> functions = new ArrayList<>();
  private final List<Export> exports = new ArrayList<>();

  private ImageBuilder(int machine) {
    this.machine = machine;
  }

  public static ImageBuilder amd64() {
    return new ImageBuilder(0x8664);
  }

  public static ImageBuilder arm64() {
    return new ImageBuilder(0xAA64);
  }

  /** Code bytes at an RVA in the text section. */
  public ImageBuilder code(int rva, int... bytes) {
    for (int i = 0; i < bytes.length; i++) {
      text[rva - TEXT + i] = (byte) bytes[i];
    }
    return this;
  }

  /** Adds UNWIND_INFO (or .xdata) and returns its RVA. */
  public int unwindInfo(byte[] info) {
    while (unwind.size() % 4 != 0) {
      unwind.u8(0);
    }
    int rva = UNWIND + unwind.size();
    unwind.raw(info);
    return rva;
  }

  /** A function with its unwind information. */
  public ImageBuilder function(long begin, long end, byte[] info) {
    return function(begin, end, unwindInfo(info));
  }

  /** A function; for arm64 {@code unwind} is the second word and {@code end} is not used. */
  public ImageBuilder function(long begin, long end, long unwindField) {
    functions.add(new Function(begin, end, unwindField));
    return this;
  }

  public ImageBuilder export(String name, long rva) {
    exports.add(new Export(name, rva));
    return this;
  }

  public byte[] build() {
    functions.sort(Comparator.comparing(Function::begin));
    Bytes pdata = new Bytes();
    for (Function function : functions) {
      pdata.u32(function.begin());
      if (machine == 0x8664) {
        pdata.u32(function.end());
      }
      pdata.u32(function.unwind());
    }
    Bytes table = exportTable();
    Bytes image = headers(pdata.size(), table.size());
    image.padTo(TEXT).raw(text).raw(unwind.toArray()).padTo(PDATA);
    return image.raw(pdata.toArray()).padTo(EXPORTS).raw(table.toArray()).padTo(SIZE).toArray();
  }

  private Bytes headers(int pdataSize, int exportSize) {
    Bytes image = new Bytes().ascii("MZ").padTo(0x3C).u32(0x40);
    image.ascii("PE").u16(0).u16(machine).u16(4).u32(TIMESTAMP).u32(0).u32(0);
    image.u16(112 + 16 * 8).u16(0x22);
    int optional = image.size();
    image.u16(0x20B).padTo(optional + 56).u32(SIZE).padTo(optional + 108).u32(16);
    for (int i = 0; i < 16; i++) {
      switch (i) {
        case 0 -> image.u32(exportSize == 0 ? 0 : EXPORTS).u32(exportSize);
        case 3 -> image.u32(PDATA).u32(pdataSize);
        default -> image.u64(0);
      }
    }
    section(image, ".text", TEXT, 0x6000_0020L);
    section(image, ".rdata", UNWIND, 0x4000_0040L);
    section(image, ".pdata", PDATA, 0x4000_0040L);
    section(image, ".edata", EXPORTS, 0x4000_0040L);
    return image;
  }

  private static void section(Bytes image, String name, int rva, long characteristics) {
    int start = image.size();
    image.ascii(name).padTo(start + 8).u32(0x1000).u32(rva).u32(0x1000).u32(rva);
    image.padTo(start + 36).u32(characteristics);
  }

  private Bytes exportTable() {
    if (exports.isEmpty()) {
      return new Bytes();
    }
    exports.sort(Comparator.comparing(Export::name));
    int count = exports.size();
    int functionsAt = EXPORTS + 40;
    int namesAt = functionsAt + 4 * count;
    int ordinalsAt = namesAt + 4 * count;
    int textAt = ordinalsAt + 2 * count;
    Bytes table = new Bytes().padTo(20).u32(count).u32(count);
    table.u32(functionsAt).u32(namesAt).u32(ordinalsAt);
    exports.forEach(export -> table.u32(export.rva()));
    Bytes text = new Bytes();
    for (Export export : exports) {
      table.u32(textAt + text.size());
      text.ascii(export.name()).u8(0);
    }
    for (int i = 0; i < count; i++) {
      table.u16(i);
    }
    return table.raw(text.toArray());
  }
}
