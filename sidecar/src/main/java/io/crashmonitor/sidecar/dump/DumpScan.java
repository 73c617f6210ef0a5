package io.crashmonitor.sidecar.dump;

import io.crashmonitor.sidecar.dump.DumpFile.Origin;
import io.crashmonitor.sidecar.supervisor.ProcessInstance;
import io.crashmonitor.sidecar.volume.PlainFiles;
import io.crashmonitor.sidecar.volume.SecondNames;
import io.crashmonitor.sidecar.volume.VolumeLayout;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.logging.Logger;

/**
 * Looks for dumps. Names that are not the helper's, links and junctions are left where they are.
 */
public final class DumpScan {
  private static final Logger LOG = Logger.getLogger(DumpScan.class.getName());
  private static final int MOST_ENTRIES = 1000;
  // In the whole volume: the agent keeps them all in mind, in a few megabytes of memory.
  static final int MOST_DUMPS = 1000;
  private static final int MOST_WARNINGS = 100;

  private final VolumeLayout volume;
  private final SecondNames secondNames;
  private final BooleanSupplier runtime;
  private final Set<Path> warned = new HashSet<>();
  private final Set<Path> left = new HashSet<>();

  /**
   * @param runtime whether the .NET runtime writes the dumps: theirs are other names
   */
  public DumpScan(VolumeLayout volume, SecondNames secondNames, BooleanSupplier runtime) {
    this.volume = volume;
    this.secondNames = secondNames;
    this.runtime = runtime;
  }

  /**
   * Whether a dump that is to be taken has another name: it may be a file that the app only named
   * here. Then it is left where it is from now on.
   */
  public boolean leaves(DumpFile dump) {
    boolean leave = secondNames.has(dump.path());
    if (leave) {
      left.add(dump.path());
      refuse(dump.path(), "it has another name elsewhere");
    }
    return leave;
  }

  /** All dumps, oldest first; of more than {@value #MOST_DUMPS} the rest waits. */
  public List<DumpFile> dumps() {
    List<DumpFile> found = new ArrayList<>();
    left.removeIf(file -> !PlainFiles.exists(file));
    for (Path file : list(volume.ready())) {
      Optional<ProcessInstance> process = DumpNames.ofReady(name(file));
      process.ifPresentOrElse(
          p -> add(found, file, p, Origin.HELPER_MOVED),
          () -> refuse(file, "its name is not the helper's"));
    }
    boolean byRuntime = runtime.getAsBoolean();
    for (Path entry : list(volume.incoming())) {
      Optional<ProcessInstance> folder = DumpNames.ofFolder(name(entry));
      Optional<ProcessInstance> file =
          byRuntime ? DumpNames.ofRuntime(name(entry)) : Optional.empty();
      if (folder.isPresent()) {
        incoming(found, entry, folder.get());
      } else if (file.isPresent()) {
        add(found, entry, file.get(), Origin.RUNTIME);
      } else {
        refuse(entry, "its name is not the helper's");
      }
    }
    found.sort(Comparator.comparing(DumpFile::modified));
    return found;
  }

  private void incoming(List<DumpFile> found, Path folder, ProcessInstance process) {
    for (Path file : list(folder)) {
      if (DumpNames.isDump(name(file))) {
        add(found, file, process, Origin.HELPER_LEFT);
      }
    }
  }

  private void add(List<DumpFile> found, Path file, ProcessInstance process, Origin origin) {
    if (found.size() == MOST_DUMPS || left.contains(file)) {
      return;
    }
    PlainFiles.file(file)
        .ifPresentOrElse(
            a ->
                found.add(
                    new DumpFile(
                        file, process, origin, a.size(), a.lastModifiedTime().toInstant())),
            () -> refuse(file, "it is no plain file"));
  }

  private List<Path> list(Path folder) {
    if (!PlainFiles.isFolder(folder)) {
      refuse(folder, "it is no plain folder");
      return List.of();
    }
    List<Path> entries = new ArrayList<>();
    try (DirectoryStream<Path> stream = Files.newDirectoryStream(folder)) {
      for (Path entry : stream) {
        if (entries.size() == MOST_ENTRIES) {
          refuse(folder, "it holds more than " + MOST_ENTRIES + " entries; the rest waits");
          break;
        }
        entries.add(entry);
      }
    } catch (IOException | DirectoryIteratorException goneOrLocked) {
      // The next look comes in a second.
    }
    return entries;
  }

  private void refuse(Path path, String why) {
    if (PlainFiles.exists(path) && warned.size() < MOST_WARNINGS && warned.add(path)) {
      LOG.warning("not looked at: " + path + ": " + why);
    }
  }

  private static String name(Path path) {
    return path.getFileName().toString();
  }
}
