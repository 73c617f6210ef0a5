package io.crashmonitor.sidecar;

import io.crashmonitor.agent.DumpDecision.Granted;
import io.crashmonitor.testbed.controlplane.Azurite;
import io.crashmonitor.testbed.controlplane.Provisioned;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicReference;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Uploads a dump to the storage emulator by the agent's two REST calls and by the Azure SDK, each
 * in a fresh JVM with the image's options: the same blocks one after the other, without
 * compression.
 */
final class BlobClientBench {
  private static final Path SIDECAR = Path.of(System.getProperty("crashmonitor.root"), "sidecar");
  private static final Pattern OF_THE_SDK =
      Pattern.compile("(azure|reactor|reactive-streams|slf4j-api).*");

  private BlobClientBench() {}

  /**
   * @param args megabytes of the dump, how often
   */
  public static void main(String[] args) throws Exception {
    Path folder = Files.createTempDirectory("bench-blob-client");
    Path dump = UploadBench.write(folder.resolve("app.dmp"), Integer.parseInt(args[0]));
    List<Path> ours = jars(SIDECAR.resolve("target/payload/lib"));
    List<Path> sdk =
        Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
            .map(Path::of)
            .filter(jar -> OF_THE_SDK.matcher(jar.getFileName().toString()).matches())
            .toList();
    System.out.printf(Locale.ROOT, "jars of the agent: %.1f MB%n", megabytes(ours));
    System.out.printf(
        Locale.ROOT, "jars of the SDK: %.1f MB more, %d files%n", megabytes(sdk), sdk.size());
    try (Azurite azurite = Azurite.start(Provisioned.load(), folder, Azurite.Persistence.DISK);
        StorageProxy proxy = new StorageProxy(azurite.endpoint())) {
      BlobStore store = new BlobStore(azurite, "bench");
      List<Path> both = Stream.concat(ours.stream(), sdk.stream()).toList();
      for (int run = 1; run <= Integer.parseInt(args[1]); run++) {
        measure("REST", "UploadByRest", ours, store, proxy, dump);
        measure("SDK", "UploadBySdk", both, store, proxy, dump);
      }
    }
    System.exit(0);
  }

  private static void measure(
      String what, String program, List<Path> jars, BlobStore store, StorageProxy proxy, Path dump)
      throws IOException {
    Granted grant = proxy.through(store.grant(what + System.nanoTime() + ".dmp"));
    AtomicReference<Instant> first = new AtomicReference<>();
    proxy.fault =
        call -> {
          first.compareAndSet(null, Instant.now());
          return StorageProxy.Fault.NONE;
        };
    Files.deleteIfExists(dump.resolveSibling("journal.json"));
    Instant begun = Instant.now();
    Process process =
        new ProcessBuilder(command(program, jars, grant.url(), dump))
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    try (BufferedReader out = process.inputReader()) {
      String answer = out.readLine();
      Duration took = Duration.between(begun, Instant.now());
      if (!"stored".equals(answer)) {
        throw new IllegalStateException(what + ": " + answer);
      }
      System.out.printf(
          Locale.ROOT,
          "%s: first block at storage after %.2f s, all after %.1f s, peak %.0f MB resident,"
              + " CPU %.1f s, load %s%n",
          what,
          Duration.between(begun, first.get()).toMillis() / 1000.0,
          took.toMillis() / 1000.0,
          BenchAgent.megabytes(process, "VmHWM:"),
          BenchAgent.cpu(process).toMillis() / 1000.0,
          BenchAgent.load());
    } finally {
      process.destroy();
    }
  }

  /** On the whole JDK, as the image's runtime lacks modules that the SDK asks for. */
  private static List<String> command(String program, List<Path> jars, String url, Path dump)
      throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    Files.readAllLines(SIDECAR.resolve("src/main/payload/java.options")).stream()
        .takeWhile(line -> !line.equals("-cp"))
        .filter(line -> line.startsWith("-"))
        .forEach(command::add);
    command.add("-cp");
    command.add(
        SIDECAR.resolve("target/test-classes")
            + jars.stream().map(jar -> File.pathSeparator + jar).reduce("", String::concat));
    command.addAll(List.of("io.crashmonitor.sidecar.upload." + program, url, dump.toString()));
    return command;
  }

  private static List<Path> jars(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.sorted().toList();
    }
  }

  private static double megabytes(List<Path> files) throws IOException {
    long bytes = 0;
    for (Path file : files) {
      bytes += Files.size(file);
    }
    return bytes / 1e6;
  }
}
