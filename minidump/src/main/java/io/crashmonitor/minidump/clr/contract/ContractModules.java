package io.crashmonitor.minidump.clr.contract;

import io.crashmonitor.minidump.clr.metadata.CliImage;
import io.crashmonitor.minidump.clr.metadata.ClrReadException;
import io.crashmonitor.minidump.clr.metadata.Metadata;
import io.crashmonitor.minidump.clr.metadata.View;
import io.crashmonitor.minidump.reader.MinidumpException;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalInt;

/** Finds the metadata of the runtime's modules (contracts Loader and EcmaMetadata). */
final class ContractModules {
  private static final int LAYOUT_MAPPED = 1;
  private static final int MAX_CACHED = 512;

  private final View view;
  private final Descriptor descriptor;
  private final Map<Long, Metadata> known = new HashMap<>();

  ContractModules(View view, Descriptor descriptor) {
    this.view = view;
    this.descriptor = descriptor;
  }

  /**
   * Metadata of a module by the address of its Module structure; throws where there is none to be
   * read.
   */
  Metadata metadata(long module) {
    Metadata cached = known.get(module);
    if (cached != null) {
      return cached;
    }
    Metadata read = read(module);
    if (known.size() < MAX_CACHED) {
      known.put(module, read);
    }
    return read;
  }

  private Metadata read(long module) {
    OptionalInt dynamic = descriptor.optionalOffset("Module", "DynamicMetadata");
    long emitted = dynamic.isPresent() ? view.pointer(module + dynamic.getAsInt()) : 0;
    return emitted != 0 ? emitted(emitted) : image(module).metadata();
  }

  /** Metadata of an assembly that was emitted at run time: a size and the block itself. */
  private Metadata emitted(long block) {
    long size = view.u32(block + descriptor.offset("DynamicMetadata", "Size"));
    return Metadata.at(view, block + descriptor.offset("DynamicMetadata", "Data"), size);
  }

  /** The image a module was loaded from; throws where the dump does not hold it. */
  CliImage image(long module) {
    try {
      return layoutImage(module);
    } catch (ClrReadException | MinidumpException noLayout) {
      long base = view.pointer(module + descriptor.offset("Module", "Base"));
      return CliImage.at(view, base, true);
    }
  }

  private CliImage layoutImage(long module) {
    long assembly = view.pointer(module + descriptor.offset("Module", "PEAssembly"));
    long image = view.pointer(assembly + descriptor.offset("PEAssembly", "PEImage"));
    long layout = view.pointer(image + descriptor.offset("PEImage", "LoadedImageLayout"));
    long base = view.pointer(layout + descriptor.offset("PEImageLayout", "Base"));
    int flags = view.i32(layout + descriptor.offset("PEImageLayout", "Flags"));
    return CliImage.at(view, base, (flags & LAYOUT_MAPPED) != 0);
  }
}
