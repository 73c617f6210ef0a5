package io.crashmonitor.minidump.pe;

import io.crashmonitor.minidump.reader.ByteSource;
import io.crashmonitor.minidump.reader.CopyingMemory;
import io.crashmonitor.minidump.reader.DumpModule;
import io.crashmonitor.minidump.reader.Memory;
import io.crashmonitor.minidump.reader.MinidumpException;
import io.crashmonitor.minidump.reader.Modules;
import io.crashmonitor.minidump.reader.PagedFile;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A dump's memory, completed by PE files from a folder: where the dump lacks the memory of an
 * image, the file of the same build (timestamp and size) answers. Small dumps have no image memory.
 *
 * <p>A file is looked for as {@code <folder>/<name>} and, as symbol servers lay them out, {@code
 * <folder>/<name>/<TIMESTAMP><size>/<name>}.
 */
public final class SuppliedImages extends CopyingMemory implements Closeable {
  private final Memory dump;
  private final Modules modules;
  private final Path folder;
  private final Map<Long, Optional<MappedFile>> files = new HashMap<>();
  private final List<ByteSource> open = new ArrayList<>();

  /** Completes the dump's memory from the folder. */
  public SuppliedImages(Memory dump, Modules modules, Path folder) {
    this.dump = dump;
    this.modules = modules;
    this.folder = folder;
  }

  @Override
  public long available(long address, long length) {
    long there = dump.available(address, length);
    return there == length
        ? there
        : Math.max(there, image(address).map(file -> file.available(address, length)).orElse(0L));
  }

  @Override
  public void read(long address, byte[] target, int offset, int length) {
    if (dump.readable(address, length)) {
      dump.read(address, target, offset, length);
    } else {
      image(address)
          .orElseThrow(() -> MinidumpException.unreadable(address))
          .read(address, target, offset, length);
    }
  }

  private Optional<MappedFile> image(long address) {
    return modules
        .find(address)
        .flatMap(module -> files.computeIfAbsent(module.base(), base -> load(module)));
  }

  private Optional<MappedFile> load(DumpModule module) {
    String build = String.format(Locale.ROOT, "%08X%x", module.timestamp(), module.size());
    // Windows does not care for the case of a name, the folder may: "KERNELBASE.dll".
    for (String name : names(module.name())) {
      try {
        Path byName = folder.resolve(name);
        for (Path candidate : List.of(byName, byName.resolve(build).resolve(name))) {
          Optional<MappedFile> mapped = map(candidate, module);
          if (mapped.isPresent()) {
            return mapped;
          }
        }
      } catch (InvalidPathException | IOException e) {
        // A file that cannot be had is a file that is not there: frames stay labelled guesses.
        return Optional.empty();
      }
    }
    return Optional.empty();
  }

  private static List<String> names(String name) {
    return Stream.of(name, name.toLowerCase(Locale.ROOT)).distinct().toList();
  }

  private Optional<MappedFile> map(Path file, DumpModule module) throws IOException {
    if (!Files.isRegularFile(file)) {
      return Optional.empty();
    }
    ByteSource bytes = PagedFile.open(file);
    open.add(bytes);
    return MappedFile.of(bytes, module.base(), module.timestamp(), module.size());
  }

  @Override
  public void close() throws IOException {
    for (ByteSource bytes : open) {
      bytes.close();
    }
  }
}
