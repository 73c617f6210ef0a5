package io.crashmonitor.minidump.pe;

import io.crashmonitor.minidump.reader.DumpModule;
import io.crashmonitor.minidump.reader.Memory;
import io.crashmonitor.minidump.reader.Modules;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** The images of a process by address; headers are read once for each. */
public final class Images {
  private final Memory memory;
  private final Modules modules;
  private final Map<Long, LoadedImage> images = new HashMap<>();

  /**
   * Images of a dump.
   *
   * @param memory of the process, with supplied images where the dump lacks them
   */
  public Images(Memory memory, Modules modules) {
    this.memory = memory;
    this.modules = modules;
  }

  /** The image that holds the address. */
  public Optional<LoadedImage> find(long address) {
    return modules.find(address).map(this::of);
  }

  /** The image of a module. */
  public LoadedImage of(DumpModule module) {
    return images.computeIfAbsent(
        module.base(), base -> new LoadedImage(module, PeImage.at(memory, base)));
  }
}
