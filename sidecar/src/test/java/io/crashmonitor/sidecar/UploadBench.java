package io.crashmonitor.sidecar;

import com.azure.storage.blob.BlobClient;
import com.azure.storage.blob.sas.BlobSasPermission;
import com.azure.storage.blob.sas.BlobServiceSasSignatureValues;
import io.crashmonitor.api.Compression;
import io.crashmonitor.testbed.controlplane.Azurite;
import io.crashmonitor.testbed.controlplane.Provisioned;
import io.crashmonitor.testbed.controlplane.Tool;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Uploads one large dump to the storage emulator by the sidecar, with and without compression, and
 * by azcopy, one after the other.
 */
final class UploadBench {
  private static final Duration PATIENCE = Duration.ofMinutes(20);
  private static final Instant START = Instant.parse("2026-11-22T08:00:00Z");
  private static final int CHUNK = 1024 * 1024;
  private static final String CONTAINER = "bench";

  private UploadBench() {}

  /**
   * @param args megabytes of the dump, then options of the agent's JVM
   */
  public static void main(String[] args) throws Exception {
    int megabytes = Integer.parseInt(args[0]);
    List<String> options = Arrays.asList(args).subList(1, args.length);
    Path folder = Files.createTempDirectory("bench-upload");
    Path dump = write(folder.resolve("app.dmp"), megabytes);
    Provisioned tools = Provisioned.load();
    try (Azurite azurite = Azurite.start(tools, folder, Azurite.Persistence.DISK)) {
      BlobStore store = new BlobStore(azurite, CONTAINER);
      for (Compression compression : List.of(Compression.None, Compression.Gzip)) {
        Path volume = Files.createDirectory(folder.resolve(compression.name()));
        sidecar(volume, store, dump, compression, options);
      }
      if (tools.find(Tool.AZCOPY).isPresent()) {
        azcopy(tools.path(Tool.AZCOPY), folder, azurite, dump);
      } else {
        System.out.println("azcopy: skipped, testbed/provision.sh azcopy says why");
      }
    }
    System.exit(0);
  }

  /** Half of it can be compressed, as of a real one. */
  static Path write(Path file, int megabytes) throws IOException {
    byte[] chunk = new byte[CHUNK];
    Random random = new Random(1);
    try (OutputStream out = Files.newOutputStream(file, StandardOpenOption.CREATE_NEW)) {
      out.write(TestDump.of(5, START, "").bytes());
      for (int i = 0; i < megabytes; i++) {
        random.nextBytes(chunk);
        for (int at = 0; at < CHUNK; at += 2) {
          chunk[at] = 0;
        }
        out.write(chunk);
      }
    }
    return file;
  }

  private static void sidecar(
      Path volume, BlobStore store, Path dump, Compression compression, List<String> options)
      throws Exception {
    String blob = compression == Compression.Gzip ? "bench.dmp.gz" : "bench.dmp";
    AtomicReference<Instant> granted = new AtomicReference<>();
    try (FakeOperator operator = new FakeOperator(BenchAgent.armed(compression))) {
      operator.decide =
          offer -> {
            granted.compareAndSet(null, Instant.now());
            return store.grant(blob);
          };
      operator.confirm = (id, completion) -> store.verdict(blob, completion);
      try (BenchAgent agent = BenchAgent.start(volume, operator, options)) {
        agent.awaits("first sync", PATIENCE, () -> operator.syncs.size() > 1);
        Path folder = Files.createDirectories(volume.resolve("dumps/ready"));
        Path copy = Files.copy(dump, volume.resolve("half"));
        Files.move(copy, folder.resolve("5_" + START.toEpochMilli() + "_1.dmp"));
        Instant found = Instant.now();
        agent.awaits("upload", PATIENCE, () -> !operator.completions.isEmpty());
        Instant done = Instant.now();
        Duration cpu = agent.cpu();
        print(
            "sidecar, " + compression,
            Duration.between(granted.get(), done),
            Files.size(dump),
            store.properties(blob).getBlobSize(),
            agent.peak(),
            cpu);
        System.out.printf(
            "  (%.1f s from the finished dump to the grant: analysis and checksum)%n",
            Duration.between(found, granted.get()).toMillis() / 1000.0);
      }
    }
  }

  private static void azcopy(Path program, Path folder, Azurite azurite, Path dump)
      throws Exception {
    BlobClient blob =
        azurite.client().getBlobContainerClient(CONTAINER).getBlobClient("azcopy.dmp");
    String sas =
        blob.generateSas(
            new BlobServiceSasSignatureValues(
                OffsetDateTime.now().plusHours(1),
                new BlobSasPermission()
                    .setCreatePermission(true)
                    .setWritePermission(true)
                    .setReadPermission(true)));
    ProcessBuilder builder =
        new ProcessBuilder(
                program.toString(),
                "copy",
                dump.toString(),
                blob.getBlobUrl() + "?" + sas,
                "--from-to=LocalBlob",
                "--put-md5",
                "--log-level=ERROR",
                "--skip-version-check")
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("azcopy.log").toFile());
    builder.environment().put("AZCOPY_LOG_LOCATION", folder.resolve("azcopy").toString());
    builder.environment().put("AZCOPY_JOB_PLAN_LOCATION", folder.resolve("azcopy").toString());
    Instant begun = Instant.now();
    Process process = builder.start();
    double peak = 0;
    Duration cpu = Duration.ZERO;
    while (!process.waitFor(20, TimeUnit.MILLISECONDS)) {
      try {
        peak = Math.max(peak, BenchAgent.megabytes(process, "VmHWM:"));
        cpu = BenchAgent.cpu(process);
      } catch (IOException | java.util.NoSuchElementException ended) {
        // The last look counts.
      }
    }
    Duration took = Duration.between(begun, Instant.now());
    if (process.exitValue() != 0) {
      throw new IllegalStateException(
          "azcopy failed: " + Files.readString(folder.resolve("azcopy.log")));
    }
    print("azcopy", took, Files.size(dump), blob.getProperties().getBlobSize(), peak, cpu);
  }

  private static void print(
      String what, Duration took, long size, long stored, double peak, Duration cpu)
      throws IOException {
    double seconds = took.toMillis() / 1000.0;
    System.out.printf(
        "%s: %.1f s, %.0f MB/s of the dump (%d MB stored), peak %.0f MB resident, CPU %.1f s,"
            + " load %s%n",
        what,
        seconds,
        size / 1e6 / seconds,
        stored / 1_000_000,
        peak,
        cpu.toMillis() / 1000.0,
        BenchAgent.load());
  }
}
