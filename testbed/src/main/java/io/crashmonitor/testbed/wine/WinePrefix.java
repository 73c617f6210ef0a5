package io.crashmonitor.testbed.wine;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

/**
 * One container's world: a drive C and a process space of its own. Closing kills everything in it
 * and deletes it; what is linked in stays.
 */
public final class WinePrefix implements AutoCloseable {
  private static final String PREFIX = "WINEPREFIX";
  private static final WindowsPath SYSTEM_OF_32_BITS = WindowsPath.of("C:\\windows\\syswow64");
  private static final Path SERVERS = Path.of("/tmp");

  private final WineInstallation wine;
  private final Path folder;
  private final Services services;
  private final WinePrefixes owner;
  private final AtomicInteger runs = new AtomicInteger();

  private WinePrefix(WineInstallation wine, Path folder, Services services, WinePrefixes owner) {
    this.wine = wine;
    this.folder = folder;
    this.services = services;
    this.owner = owner;
  }

  static WinePrefix create(
      WineInstallation wine, Path folder, Services services, WinePrefixes owner) {
    try {
      Files.createDirectory(folder);
      furnish(wine.template(), folder);
      nameServerFolder(folder);
      WinePrefix prefix = new WinePrefix(wine, folder, services, owner);
      wine.system32Bit().ifPresent(system -> prefix.mount(system, SYSTEM_OF_32_BITS));
      return prefix;
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot make the Wine prefix " + folder, e);
    }
  }

  /** Where drive C is on this machine. */
  public Path driveC() {
    return folder.resolve("drive_c");
  }

  /** Where a path of the container is on this machine, names compared as Windows does. */
  public Path hostPath(WindowsPath path) {
    Path at = driveC();
    for (String segment : path.segments()) {
      at = child(at, segment);
    }
    return at;
  }

  /** Makes a folder of this machine appear in the container, in place of what is there. */
  public void mount(Path hostFolder, WindowsPath at) {
    try {
      Path link = hostPath(at);
      Files.createDirectories(link.getParent());
      if (Files.exists(link, LinkOption.NOFOLLOW_LINKS)) {
        Trees.delete(link);
      }
      Files.createSymbolicLink(link, hostFolder.toAbsolutePath());
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot mount " + hostFolder + " at " + at, e);
    }
  }

  /**
   * Puts the files of a folder into the container: as links, so a program must not write into one
   * of them; new files beside them are the container's own.
   */
  public void add(Path hostFolder, WindowsPath at) {
    try {
      Trees.link(hostFolder, hostPath(at));
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot add " + hostFolder + " at " + at, e);
    }
  }

  /** Starts a program; several can run at once. */
  public WineProcess start(WineCommand command) {
    Path exchange = folder.resolve("runs").resolve(Integer.toString(runs.incrementAndGet()));
    try {
      Files.createDirectories(exchange);
      Files.write(exchange.resolve("request"), command.request());
      Files.createDirectories(hostPath(command.workingFolder()));
      ProcessBuilder runner =
          new ProcessBuilder(
                  wine.wine().toString(),
                  "C:\\windows\\system32\\CExecSvc.exe",
                  "\\\\?\\unix" + exchange.toString().replace('/', '\\'))
              .directory(driveC().toFile())
              .redirectErrorStream(true)
              .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
              .redirectOutput(ProcessBuilder.Redirect.appendTo(command.output().toFile()));
      runner.environment().clear();
      runner.environment().putAll(environment());
      return new WineProcess(runner.start(), exchange);
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot start " + command.arguments().get(0), e);
    }
  }

  /**
   * Asks a program in here to end as the runtime of a Windows container asks its entry process: by
   * the console control event of a shutdown. Whoever has no handler for it ends, with 0 on Wine.
   *
   * @param output the host's file for what goes wrong
   * @return ends once the program has handled it; empty for a program that does not run
   */
  public Optional<WineProcess> askToEnd(WineProcess program, Path output) {
    OptionalLong pid = program.pid();
    if (!program.isAlive() || pid.isEmpty()) {
      return Optional.empty();
    }
    try (InputStream tool = WinePrefix.class.getResourceAsStream("stop.exe")) {
      if (tool == null) {
        throw new IllegalStateException("testbed was built without a compiler for Windows");
      }
      Path here = driveC().resolve("testbed-stop.exe");
      if (!Files.exists(here)) {
        Files.copy(tool, here);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot ask a program to end", e);
    }
    return Optional.of(
        start(WineCommand.of(output, "C:\\testbed-stop.exe", Long.toString(pid.getAsLong()))));
  }

  /**
   * The environment that makes a process of this machine one of the container's: it is killed with
   * it, and so is everything it starts.
   */
  public Map<String, String> membership() {
    return Map.of(PREFIX, folder.toString(), WinePrefixes.MARKER, folder.getParent().toString());
  }

  /** Kills everything that runs in here, at once and for good; the files stay. */
  public void kill() {
    MarkedProcesses.kill(PREFIX, folder.toString());
  }

  /** How many processes run in here, Wine's own included. */
  public int processes() {
    return MarkedProcesses.with(PREFIX, folder.toString()).size();
  }

  @Override
  public void close() {
    kill();
    try {
      deleteServerFolder();
      Trees.delete(folder);
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot delete the Wine prefix " + folder, e);
    }
    owner.forget(this);
  }

  private Map<String, String> environment() {
    return Map.of(
        PREFIX,
        folder.toString(),
        WinePrefixes.MARKER,
        folder.getParent().toString(),
        "WINEDEBUG",
        "-all",
        "WINEDLLOVERRIDES",
        services.overrides(),
        // Nothing of the user's home; UTF-8 file names.
        "HOME",
        folder.toString(),
        "LC_ALL",
        "C.UTF-8");
  }

  private static void furnish(Path template, Path folder) throws IOException {
    for (String file : List.of("system.reg", "user.reg", "userdef.reg", ".update-timestamp")) {
      Files.copy(template.resolve(file), folder.resolve(file));
    }
    Path drives = Files.createDirectory(folder.resolve("dosdevices"));
    Files.createSymbolicLink(drives.resolve("c:"), Path.of("../drive_c"));
    Path windows = Files.createDirectories(folder.resolve("drive_c/windows"));
    try (DirectoryStream<Path> entries =
        Files.newDirectoryStream(template.resolve("drive_c/windows"))) {
      for (Path entry : entries) {
        Files.createSymbolicLink(windows.resolve(entry.getFileName()), entry.toRealPath());
      }
    }
    Files.delete(windows.resolve("temp"));
    Files.createDirectory(windows.resolve("temp"));
    for (String tree : List.of("users", "ProgramData")) {
      Trees.copy(
          template.resolve("drive_c").resolve(tree), folder.resolve("drive_c").resolve(tree));
    }
    Trees.link(template.resolve("drive_c/Program Files"), folder.resolve("drive_c/Program Files"));
  }

  /**
   * Debian's wineserver keeps its socket in a folder of /tmp that a file of the prefix names; the
   * first program makes both. Two programs that start at once make two, and one of them waits for
   * ever for a server that listens in the other.
   */
  private static void nameServerFolder(Path folder) throws IOException {
    var owner = PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));
    while (true) {
      String name = "wine-" + UUID.randomUUID().toString().substring(0, 6);
      try {
        Files.createDirectory(SERVERS.resolve(name), owner);
        Path named = Files.writeString(folder.resolve("wineserver"), name);
        // Any other mode, and it makes a folder of its own all the same.
        Files.setPosixFilePermissions(named, PosixFilePermissions.fromString("r--------"));
        return;
      } catch (FileAlreadyExistsException another) {
        // Somebody else's: the next name.
      }
    }
  }

  private void deleteServerFolder() throws IOException {
    Path named = folder.resolve("wineserver");
    if (Files.isRegularFile(named)) {
      String name = Files.readString(named).strip();
      if (name.matches("wine-[A-Za-z0-9]{6}")) {
        Path sockets = SERVERS.resolve(name);
        if (Files.isDirectory(sockets)) {
          Trees.delete(sockets);
        }
      }
    }
  }

  private static Path child(Path folder, String name) {
    Path exact = folder.resolve(name);
    if (Files.exists(exact, LinkOption.NOFOLLOW_LINKS) || !Files.isDirectory(folder)) {
      return exact;
    }
    try (Stream<Path> entries = Files.list(folder)) {
      Optional<Path> same =
          entries.filter(e -> e.getFileName().toString().equalsIgnoreCase(name)).findFirst();
      return same.orElse(exact);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
