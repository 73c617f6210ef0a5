import io.crashmonitor.testbed.controlplane.Provisioned;
import io.crashmonitor.testbed.wine.Services;
import io.crashmonitor.testbed.wine.WindowsPath;
import io.crashmonitor.testbed.wine.WineCommand;
import io.crashmonitor.testbed.wine.WineInstallation;
import io.crashmonitor.testbed.wine.WinePrefix;
import io.crashmonitor.testbed.wine.WinePrefixes;
import io.crashmonitor.testbed.wine.WineProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;

/**
 * The measurements of {@code bench/overhead}: one container (Wine prefix) for each, prepared as the
 * sidecar leaves it.
 */
final class OverheadBench {
  private static final List<String> DEFAULT =
      List.of(
          "-accepteula", "-ma", "-e", "1", "-f", "E053534F", "-f", "C00000FD.STACK_OVERFLOW", "-n",
          "1");
  private static final List<String> SECOND_CHANCE_ONLY =
      List.of("-accepteula", "-ma", "-e", "-n", "1");
  private static final String ATTACH = "C:\\crash-monitor\\bin\\attach.exe";
  private static final String APP = "C:\\app\\overhead.exe";
  private static final int IDLE_SECONDS = 60;

  private final Path root;
  private final Path work;
  private final String seconds;

  private OverheadBench(Path root, Path work, String seconds) {
    this.root = root;
    this.work = work;
    this.seconds = seconds;
  }

  public static void main(String[] args) throws Exception {
    OverheadBench bench = new OverheadBench(Path.of(args[0]), Path.of(args[1]), args[2]);
    bench.idle();
    bench.work("without", List.of(), "0");
    bench.work("default", DEFAULT, "60");
    bench.work("second-chance-only", SECOND_CHANCE_ONLY, "60");
  }

  /** The lines of the application, in a file. */
  private void work(String name, List<String> procdump, String waitForDebugger) throws Exception {
    Files.writeString(work.resolve(name + ".arguments"), String.join(" ", procdump) + "\n");
    try (Container container = container(name, procdump)) {
      WineProcess app =
          container.start(
              work.resolve(name + ".log"), APP, "--wait", waitForDebugger, "--seconds", seconds);
      // Two programs at once would each start a server of an empty prefix.
      app.awaitStart(Duration.ofMinutes(1));
      if (!procdump.isEmpty()) {
        container.start(work.resolve("hook.log"), ATTACH, "hook").await(Duration.ofMinutes(1));
      }
      app.await(Duration.ofMinutes(60));
    }
  }

  private void idle() throws Exception {
    try (Container container = container("idle", DEFAULT)) {
      container
          .start(work.resolve("idle.log"), "C:\\app\\crasher.exe", "--quiet")
          .awaitStart(Duration.ofMinutes(1));
      Path hooks = work.resolve("hooks.log");
      container
          .start(hooks, APP, "--time", "9", ATTACH + " hook")
          .await(Duration.ofMinutes(1));
      System.out.print("hook: " + Files.readString(hooks));
      Path state = container.volume().resolve("state/attach.json");
      await(state, "\"Attached\"");
      // The first seconds after the last new process are spent on looking for more of them.
      Thread.sleep(15_000);
      ProcessHandle supervisor = container.supervisor();
      long before = cpuNanos(supervisor);
      Thread.sleep(IDLE_SECONDS * 1000L);
      System.out.printf(
          "supervisor: %d kB private memory, %.1f ms CPU in an idle minute%n",
          privateKilobytes(supervisor),
          (cpuNanos(supervisor) - before) / 1e6 * 60 / IDLE_SECONDS);
    }
  }

  private Container container(String name, List<String> procdump) throws IOException {
    Path volume = work.resolve(name).resolve("volume");
    for (String folder :
        List.of("bin", "control", "state", "logs", "dumps/incoming", "dumps/ready")) {
      Files.createDirectories(volume.resolve(folder));
    }
    Path programs = root.resolve("testbed/target/native");
    Files.copy(root.resolve("sidecar/target/native/attach.exe"), volume.resolve("bin/attach.exe"));
    Files.copy(programs.resolve("procdump64.exe"), volume.resolve("bin/procdump64.exe"));
    StringBuilder session =
        new StringBuilder("version=1\narmed=" + !procdump.isEmpty() + "\ndisk.volumePercent=1\n");
    for (int i = 0; i < procdump.size(); i++) {
      session.append("arg.").append(i).append('=').append(procdump.get(i)).append('\n');
    }
    Files.writeString(volume.resolve("control/session.properties"), session);
    WinePrefixes prefixes =
        WinePrefixes.open(
            WineInstallation.from(Provisioned.load()), work.resolve(name).resolve("prefixes"));
    WinePrefix prefix = prefixes.create("app", Services.NONE);
    prefix.mount(volume, WindowsPath.of("C:\\crash-monitor"));
    prefix.add(programs, WindowsPath.of("C:\\app"));
    return new Container(prefixes, prefix, volume);
  }

  private record Container(WinePrefixes prefixes, WinePrefix prefix, Path volume)
      implements AutoCloseable {
    WineProcess start(Path output, String... command) {
      return prefix.start(WineCommand.of(output, command));
    }

    /** The process of this machine. */
    ProcessHandle supervisor() {
      String ofThisPrefix = "WINEPREFIX=" + prefix.driveC().getParent();
      try (Stream<ProcessHandle> all = ProcessHandle.allProcesses()) {
        return all.filter(p -> text(p, "cmdline").contains("attach.exe\0supervise"))
            .filter(p -> text(p, "environ").contains(ofThisPrefix))
            .findFirst()
            .orElseThrow();
      }
    }

    @Override
    public void close() {
      prefixes.close();
    }
  }

  private static void await(Path file, String text) throws Exception {
    long end = System.nanoTime() + Duration.ofMinutes(1).toNanos();
    String found = "";
    while (!found.contains(text)) {
      if (System.nanoTime() > end) {
        throw new IllegalStateException(file + " has no " + text + " after a minute: " + found);
      }
      Thread.sleep(100);
      found = Files.exists(file) ? Files.readString(file) : "";
    }
  }

  private static String text(ProcessHandle process, String file) {
    try {
      return Files.readString(Path.of("/proc/" + process.pid(), file));
    } catch (IOException gone) {
      return "";
    }
  }

  private static long cpuNanos(ProcessHandle process) {
    return Long.parseLong(text(process, "schedstat").split(" ")[0]);
  }

  private static long privateKilobytes(ProcessHandle process) {
    return text(process, "smaps_rollup")
        .lines()
        .filter(line -> line.startsWith("Private_"))
        .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")))
        .sum();
  }
}
