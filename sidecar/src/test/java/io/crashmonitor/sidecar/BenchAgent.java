package io.crashmonitor.sidecar;

import io.crashmonitor.agent.SessionConfiguration;
import io.crashmonitor.api.CaptureEngine;
import io.crashmonitor.api.Compression;
import io.crashmonitor.api.DumpSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;

/** The image's payload as a process of this machine, on the image's runtime; and what it costs. */
final class BenchAgent implements AutoCloseable {
  private static final Path PAYLOAD =
      Path.of(System.getProperty("crashmonitor.root"), "sidecar", "target", "payload");

  private final Process process;
  private final Path log;

  private BenchAgent(Process process, Path log) {
    this.process = process;
    this.log = log;
  }

  /**
   * @param options of the JVM, before those of the image
   */
  static BenchAgent start(Path folder, FakeOperator operator, List<String> options)
      throws IOException {
    operator.writeIdentity(folder.resolve("identity"));
    List<String> command = new ArrayList<>(List.of(TrimmedRuntime.java().toString()));
    command.addAll(options);
    command.add("@java.options");
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .directory(PAYLOAD.toFile())
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("agent.log").toFile());
    builder
        .environment()
        .putAll(
            Map.of(
                "CRASH_MONITOR_ROOT", folder.toString(),
                "CRASH_MONITOR_IDENTITY", folder.resolve("identity").toString(),
                "CRASH_MONITOR_AGENT_URL", operator.url().toString(),
                "CRASH_MONITOR_SESSION_UID", "session-uid",
                "CRASH_MONITOR_CONTAINER", "app",
                "CRASH_MONITOR_DISK_PERCENT", "0",
                "POD_NAMESPACE", "shop",
                "POD_NAME", "checkout-1",
                "POD_UID", RunningAgent.POD_UID));
    return new BenchAgent(builder.start(), folder.resolve("agent.log"));
  }

  static SessionConfiguration armed(Compression compression) {
    return new SessionConfiguration(
        "run-1",
        true,
        "",
        Instant.parse("2030-01-01T00:00:00Z"),
        "",
        new DumpSettings(null, null, null, null, compression),
        CaptureEngine.ProcDump,
        true,
        30,
        null);
  }

  /** Waits for a condition; the pause between two looks is what the figures are exact to. */
  static void await(String what, Duration most, BooleanSupplier condition) throws Exception {
    Instant end = Instant.now().plus(most);
    while (!condition.getAsBoolean()) {
      if (Instant.now().isAfter(end)) {
        throw new TimeoutException(what + ": not within " + most.toSeconds() + " s");
      }
      TimeUnit.MILLISECONDS.sleep(5);
    }
  }

  static String load() throws IOException {
    return Files.readString(Path.of("/proc/loadavg")).split(" ")[0];
  }

  /** As the other, and fails at once when the agent has ended. */
  void awaits(String what, Duration most, BooleanSupplier condition) throws Exception {
    await(what, most, () -> condition.getAsBoolean() || !process.isAlive());
    if (!process.isAlive()) {
      throw new IllegalStateException("the agent ended: " + Files.readString(log));
    }
  }

  /** Resident now, in megabytes of 2^20 bytes. */
  double resident() throws IOException {
    return megabytes(process, "VmRSS:");
  }

  /** The most that was resident since its start. */
  double peak() throws IOException {
    return megabytes(process, "VmHWM:");
  }

  Duration cpu() throws IOException {
    return cpu(process);
  }

  static double megabytes(Process process, String field) throws IOException {
    return Files.readAllLines(Path.of("/proc/" + process.pid() + "/status")).stream()
        .filter(line -> line.startsWith(field))
        .mapToDouble(line -> Long.parseLong(line.replaceAll("[^0-9]", "")) / 1024.0)
        .findFirst()
        .orElseThrow();
  }

  /** Of all its threads, also of those that ended; in steps of 10 ms, as Linux tells. */
  static Duration cpu(Process process) throws IOException {
    String stat = Files.readString(Path.of("/proc/" + process.pid() + "/stat"));
    // After the program's name, which can hold anything.
    String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
    return Duration.ofMillis(10 * (Long.parseLong(fields[11]) + Long.parseLong(fields[12])));
  }

  @Override
  public void close() {
    process.destroy();
    process.onExit().join();
  }
}
