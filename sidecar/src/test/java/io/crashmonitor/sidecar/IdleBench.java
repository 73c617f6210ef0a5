package io.crashmonitor.sidecar;

import io.crashmonitor.api.Compression;
import io.crashmonitor.testbed.controlplane.Provisioned;
import io.crashmonitor.testbed.controlplane.Tool;
import io.crashmonitor.testbed.wine.Services;
import io.crashmonitor.testbed.wine.WindowsPath;
import io.crashmonitor.testbed.wine.WineCommand;
import io.crashmonitor.testbed.wine.WineExit;
import io.crashmonitor.testbed.wine.WineInstallation;
import io.crashmonitor.testbed.wine.WinePrefix;
import io.crashmonitor.testbed.wine.WinePrefixes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** What a sidecar costs that has nothing to do, and how long it keeps the app waiting. */
final class IdleBench {
  private static final Path ROOT = Path.of(System.getProperty("crashmonitor.root"));
  private static final Duration PATIENCE = Duration.ofMinutes(2);
  private static final int RUNS = 5;

  private IdleBench() {}

  /**
   * @param args seconds to look at an idle agent, then options of its JVM
   */
  public static void main(String[] args) throws Exception {
    Duration watched = Duration.ofSeconds(Long.parseLong(args[0]));
    List<String> options = Arrays.asList(args).subList(1, args.length);
    Path folder = Files.createTempDirectory("bench-sidecar");
    idle(Files.createDirectory(folder.resolve("idle")), watched, options);
    double[] known = new double[RUNS];
    double[] tools = new double[RUNS];
    for (int i = 0; i < RUNS; i++) {
      known[i] = untilSessionIsKnown(Files.createDirectory(folder.resolve("start-" + i)), options);
      tools[i] = untilToolsAreInPlace(Files.createDirectory(folder.resolve("wine-" + i)));
    }
    System.out.printf(
        "start: agent knows its session after %.2f s (median of %d, worst %.2f), Linux%n",
        median(known), RUNS, known[RUNS - 1]);
    System.out.printf(
        "start: tools in place and the probe answers after %.2f s (median of %d, worst %.2f),"
            + " Wine%n",
        median(tools), RUNS, tools[RUNS - 1]);
    System.exit(0);
  }

  private static void idle(Path folder, Duration watched, List<String> options) throws Exception {
    try (FakeOperator operator = new FakeOperator(BenchAgent.armed(Compression.Gzip));
        BenchAgent agent = BenchAgent.start(folder, operator, options)) {
      agent.awaits("first sync", PATIENCE, () -> operator.syncs.size() > 1);
      TimeUnit.SECONDS.sleep(10);
      Duration before = agent.cpu();
      TimeUnit.SECONDS.sleep(watched.toSeconds());
      Duration used = agent.cpu().minus(before);
      System.out.printf(
          "idle: %.1f MB resident (most %.1f), %.3f %% of a core over %d s, load %s%n",
          agent.resident(),
          agent.peak(),
          100.0 * used.toNanos() / watched.toNanos(),
          watched.toSeconds(),
          BenchAgent.load());
    }
  }

  /** From the start of the JVM to what the startup probe waits for: the operator's word. */
  private static double untilSessionIsKnown(Path folder, List<String> options) throws Exception {
    Instant begun = Instant.now();
    try (FakeOperator operator = new FakeOperator(BenchAgent.armed(Compression.Gzip));
        BenchAgent agent = BenchAgent.start(folder, operator, options)) {
      agent.awaits("session", PATIENCE, () -> isArmed(folder));
      return seconds(begun);
    }
  }

  private static boolean isArmed(Path folder) {
    try {
      return Files.readString(folder.resolve("control/session.properties")).contains("armed=true");
    } catch (IOException notYet) {
      return false;
    }
  }

  /** The native part of the start: folders, tools, probe. */
  private static double untilToolsAreInPlace(Path folder) throws Exception {
    Provisioned tools = Provisioned.load();
    if (tools.find(Tool.WINE).isEmpty()) {
      System.out.println("skipped: no Wine to run attach.exe");
      return Double.NaN;
    }
    Path image = Files.createDirectories(folder.resolve("image"));
    Files.copy(ROOT.resolve("sidecar/target/native/attach.exe"), image.resolve("attach.exe"));
    Files.copy(
        ROOT.resolve("testbed/target/native/procdump64.exe"), image.resolve("procdump64.exe"));
    try (WinePrefixes prefixes =
        WinePrefixes.open(WineInstallation.from(tools), folder.resolve("prefixes"))) {
      WinePrefix prefix = prefixes.create("sidecar", Services.NONE);
      prefix.mount(
          Files.createDirectories(folder.resolve("volume")), WindowsPath.of("C:\\crash-monitor"));
      prefix.add(image, WindowsPath.of("C:\\agent"));
      Instant begun = Instant.now();
      prefix.start(
          WineCommand.of(folder.resolve("sidecar.log"), "C:\\agent\\attach.exe", "sidecar")
              .withEnvironment(Map.of("CRASH_MONITOR_AGENT_JAVA", "none")));
      BenchAgent.await(
          "state\\ready", PATIENCE, () -> Files.exists(folder.resolve("volume/state/ready")));
      WineExit probe =
          prefix
              .start(WineCommand.of(folder.resolve("ready.log"), "C:\\agent\\attach.exe", "ready"))
              .await(PATIENCE);
      if (!probe.equals(new WineExit.Exited(0))) {
        throw new IllegalStateException("attach.exe ready: " + probe);
      }
      return seconds(begun);
    }
  }

  private static double seconds(Instant begun) {
    return Duration.between(begun, Instant.now()).toMillis() / 1000.0;
  }

  /** Sorts, so that the worst is last. */
  private static double median(double[] figures) {
    Arrays.sort(figures);
    return figures[figures.length / 2];
  }
}
