package io.crashmonitor.testbed.controlplane;

import com.azure.core.http.jdk.httpclient.JdkHttpClientProvider;
import com.azure.storage.blob.BlobServiceClient;
import com.azure.storage.blob.BlobServiceClientBuilder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Azure Blob Storage on this machine, played by Azurite. It keeps its port from {@link #stop()} to
 * {@link #start()}, so that storage being away for a while can be tested. What Azurite lacks:
 * immutability, versions, soft delete.
 */
public final class Azurite implements AutoCloseable {
  /** The emulator's only account. */
  public static final String ACCOUNT = "devstoreaccount1";

  /** The emulator's key, known to all the world: it is part of its documentation. */
  public static final String ACCOUNT_KEY =
      "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==";

  private static final Duration START = Duration.ofMinutes(2);
  private static final int MEMORY_MIB = 2048;

  /** Where the blobs are kept. */
  public enum Persistence {
    /** Gone with the process; at most 2 GiB. */
    MEMORY,
    /** In the server's folder: they outlive {@link #stop()}. */
    DISK
  }

  private static final String LOOPBACK = "127.0.0.1";

  private final List<String> command;
  private final Path logs;
  private final String protocol;
  private final String address;
  private final int port;
  private Optional<ServerProcess> server = Optional.empty();

  private Azurite(List<String> command, Path logs, String protocol, String address, int port) {
    this.command = command;
    this.logs = logs;
    this.protocol = protocol;
    this.address = address;
    this.port = port;
  }

  /** Starts it at 127.0.0.1 with plain HTTP. */
  public static Azurite start(Provisioned tools, Path folder, Persistence persistence) {
    return start(tools, folder, persistence, LOOPBACK);
  }

  /**
   * Starts it with plain HTTP.
   *
   * @param address of this machine, by which its clients reach it
   */
  public static Azurite start(
      Provisioned tools, Path folder, Persistence persistence, String address) {
    int port = Ports.free();
    return started(
        new Azurite(
            command(tools, folder, address, port, persistence), folder, "http", address, port));
  }

  /**
   * Starts it with HTTPS and OAuth, as user-delegation keys need it: it then takes any unexpired
   * token for storage whose form is right, and checks no signature.
   *
   * @param ca signs the server's certificate (for 127.0.0.1); clients must trust it
   */
  public static Azurite startWithTls(
      Provisioned tools, Path folder, Persistence persistence, TestCa ca) {
    int port = Ports.free();
    TestCa.Identity identity = ca.server("azurite", List.of(LOOPBACK), List.of("localhost"));
    Path certificate = folder.resolve("azurite.crt");
    Path key = folder.resolve("azurite.key");
    Folders.writePrivate(certificate, identity.certificatePem());
    Folders.writePrivate(key, identity.privateKeyPem());
    List<String> command = new ArrayList<>(command(tools, folder, LOOPBACK, port, persistence));
    command.addAll(List.of("--oauth", "basic", "--cert", certificate.toString()));
    command.addAll(List.of("--key", key.toString()));
    return started(new Azurite(List.copyOf(command), folder, "https", LOOPBACK, port));
  }

  /** The account's URL, {@code http://127.0.0.1:<port>/devstoreaccount1}. */
  public String endpoint() {
    return "%s://%s:%d/%s".formatted(protocol, address, port, ACCOUNT);
  }

  /** As Azure's portal gives it to users: account, key and endpoint. */
  public String connectionString() {
    return "DefaultEndpointsProtocol=%s;AccountName=%s;AccountKey=%s;BlobEndpoint=%s;"
        .formatted(protocol, ACCOUNT, ACCOUNT_KEY, endpoint());
  }

  /** A client with the account's key. */
  public BlobServiceClient client() {
    return new BlobServiceClientBuilder()
        .connectionString(connectionString())
        .httpClient(new JdkHttpClientProvider().createInstance())
        .buildClient();
  }

  /** Starts it again at the same address; nothing if it runs. */
  public synchronized void start() {
    if (server.isEmpty()) {
      ServerProcess started = ServerProcess.start("azurite", command, Map.of(), logs);
      server = Optional.of(started);
      started.await("accepts connections", START, () -> Ports.accepts(address, port));
    }
  }

  /** Stops it: connections are refused from now on; nothing if it is stopped. */
  public synchronized void stop() {
    server.ifPresent(ServerProcess::close);
    server = Optional.empty();
  }

  @Override
  public void close() {
    stop();
  }

  private static Azurite started(Azurite azurite) {
    try {
      azurite.start();
      return azurite;
    } catch (RuntimeException e) {
      azurite.close();
      throw e;
    }
  }

  private static List<String> command(
      Provisioned tools, Path folder, String address, int port, Persistence persistence) {
    List<String> command = new ArrayList<>();
    command.addAll(
        List.of(
            tools.path(Tool.NODE).toString(),
            tools.path(Tool.AZURITE).toString(),
            "--blobHost=" + address,
            "--blobPort=" + port,
            "--skipApiVersionCheck",
            "--disableTelemetry",
            "--silent"));
    if (persistence == Persistence.MEMORY) {
      command.addAll(List.of("--inMemoryPersistence", "--extentMemoryLimit=" + MEMORY_MIB));
    } else {
      command.addAll(List.of("--location", makeFolder(folder.resolve("blobs")).toString()));
    }
    return List.copyOf(command);
  }

  private static Path makeFolder(Path folder) {
    try {
      return Files.createDirectories(folder);
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot make the folder " + folder, e);
    }
  }
}
