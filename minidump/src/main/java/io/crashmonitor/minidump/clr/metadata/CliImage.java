package io.crashmonitor.minidump.clr.metadata;

import io.crashmonitor.minidump.pe.PeImage;

/**
 * A managed image in memory: where its metadata lies (ECMA-335 II.25). An image is either mapped as
 * the loader maps it, or flat, byte for byte as its file (assemblies bundled in a single file).
 */
public final class CliImage {
  private final View view;
  private final PeImage image;
  private final boolean mapped;

  private CliImage(View view, PeImage image, boolean mapped) {
    this.view = view;
    this.image = image;
    this.mapped = mapped;
  }

  /** Opens the image at a base address; throws where there is none. */
  public static CliImage at(View view, long base, boolean mapped) {
    PeImage image =
        PeImage.at(view.memory(), base)
            .orElseThrow(() -> new ClrReadException("no image in memory", base));
    return new CliImage(view, image, mapped);
  }

  /** Reads the metadata of the image; throws where it has none. */
  public Metadata metadata() {
    PeImage.Directory cli = image.directory(PeImage.CLI);
    if (!cli.present()) {
      throw new ClrReadException("image without managed code", image.base());
    }
    long header = address(cli.rva());
    return Metadata.at(view, address(view.u32(header + 8)), view.u32(header + 12));
  }

  /** Address of what a relative virtual address means in this layout. */
  private long address(long rva) {
    if (mapped) {
      return image.base() + rva;
    }
    PeImage.Section section =
        image
            .section(rva)
            .orElseThrow(() -> new ClrReadException("address in no section", image.base() + rva));
    return image.base() + section.rawOffset() + (rva - section.rva());
  }
}
