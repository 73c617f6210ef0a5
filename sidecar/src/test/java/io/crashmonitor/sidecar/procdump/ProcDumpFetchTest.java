package io.crashmonitor.sidecar.procdump;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import io.crashmonitor.agent.AttachPhase;
import io.crashmonitor.sidecar.BackOff;
import io.crashmonitor.sidecar.supervisor.HelperState;
import io.crashmonitor.sidecar.volume.VolumeLayout;
import io.crashmonitor.testbed.controlplane.TestCa;
import io.crashmonitor.testbed.controlplane.TestTls;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProcDumpFetchTest {
  private static final byte[] PROGRAM = "MZ and so on".getBytes(StandardCharsets.US_ASCII);
  private static final BackOff FAST = new BackOff(Duration.ofMillis(10), Duration.ofMillis(50));
  private static final HelperState MISSING =
      HelperState.NONE.because("ProcDumpMissing", "procdump64.exe is missing");

  @TempDir private Path folder;
  private final AtomicInteger asked = new AtomicInteger();
  private HttpsServer server;
  private HttpClient http;
  private VolumeLayout volume;
  private volatile byte[] file;
  private volatile int status = 200;
  private Thread thread;

  @BeforeEach
  void start() throws IOException {
    TestCa ca = new TestCa("files", Instant.now());
    server = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setHttpsConfigurator(
        new HttpsConfigurator(
            TestTls.presenting(
                ca, ca.server("files", List.of("127.0.0.1"), List.of("localhost")))));
    server.createContext(
        "/moved",
        exchange -> {
          exchange.getResponseHeaders().add("Location", url("/file").toString());
          exchange.sendResponseHeaders(302, -1);
          exchange.close();
        });
    server.createContext(
        "/plain",
        exchange -> {
          exchange.getResponseHeaders().add("Location", "http://127.0.0.1:1/file");
          exchange.sendResponseHeaders(302, -1);
          exchange.close();
        });
    server.createContext(
        "/file",
        exchange -> {
          asked.incrementAndGet();
          exchange.sendResponseHeaders(status, file.length);
          exchange.getResponseBody().write(file);
          exchange.close();
        });
    server.start();
    http =
        HttpClient.newBuilder()
            .sslContext(TestTls.trusting(ca))
            .followRedirects(HttpClient.Redirect.NORMAL)
            .build();
    volume = new VolumeLayout(folder);
    volume.create();
  }

  @AfterEach
  void stop() throws InterruptedException {
    if (thread != null) {
      thread.interrupt();
      thread.join();
    }
    server.stop(0);
  }

  @Test
  void putsTheProgramWhereTheHelperTakesItFrom() throws Exception {
    file = PROGRAM;

    fetch("/file", ProcDumpProgram.sha256(file)).run();

    assertThat(volume.procDump()).hasBinaryContent(PROGRAM);
  }

  @Test
  void takesTheProgramOutOfAZipThatAnAddressLeadsTo() throws Exception {
    file = zip("Eula.txt", "procdump.exe", "ProcDump64.exe");

    fetch("/moved", ProcDumpProgram.sha256(file)).run();

    assertThat(volume.procDump()).hasBinaryContent(PROGRAM);
  }

  @Test
  void isNotFetchedAgainByTheAgentAfterThisOne() throws Exception {
    file = PROGRAM;
    fetch("/file", ProcDumpProgram.sha256(file)).run();

    fetch("/file", ProcDumpProgram.sha256(file)).run();

    assertThat(asked).hasValue(1);
  }

  @Test
  void isFetchedAgainWhenSomebodyChangedIt() throws Exception {
    file = PROGRAM;
    fetch("/file", ProcDumpProgram.sha256(file)).run();
    Files.writeString(volume.procDump(), "MZ of somebody else");

    fetch("/file", ProcDumpProgram.sha256(file)).run();

    assertThat(volume.procDump()).hasBinaryContent(PROGRAM);
  }

  @Test
  void anotherFileThanTheConfiguredIsNotUsedAndIsTold() throws Exception {
    file = "MZ of somebody else".getBytes(StandardCharsets.US_ASCII);
    ProcDumpFetch fetch = start("/file", ProcDumpProgram.sha256(PROGRAM));

    await().until(() -> asked.get() > 2);
    assertThat(volume.procDump()).doesNotExist();
    assertThat(fetch.explained(MISSING))
        .returns("ProcDumpNotFetched", HelperState::reason)
        .extracting(HelperState::message)
        .asString()
        .contains(url("/file").toString())
        .contains("its SHA-256 is " + ProcDumpProgram.sha256(file));

    file = PROGRAM;
    await().untilAsserted(() -> assertThat(volume.procDump()).hasBinaryContent(PROGRAM));
    thread.join();
    assertThat(fetch.explained(MISSING)).isEqualTo(MISSING);
  }

  @Test
  void saysWhatTheServerSaid() throws Exception {
    file = PROGRAM;
    status = 404;
    ProcDumpFetch fetch = start("/file", ProcDumpProgram.sha256(file));

    awaitTrouble(fetch, "HTTP status 404");
    assertThat(volume.procDump()).doesNotExist();
  }

  @Test
  void goesNowhereOverPlainHttp() {
    awaitTrouble(start("/plain", ProcDumpProgram.sha256(PROGRAM)), "HTTP status 302");
  }

  @Test
  void readsNoMoreThanProcDumpCanHave() {
    file = new byte[ProcDumpProgram.LIMIT + 1];

    awaitTrouble(start("/file", ProcDumpProgram.sha256(file)), "more than 16777216 bytes");
  }

  @Test
  void unpacksNoMoreThanProcDumpCanHave() throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
      zip.putNextEntry(new ZipEntry("procdump64.exe"));
      zip.write(new byte[ProcDumpProgram.LIMIT + 1]);
    }
    file = bytes.toByteArray();

    awaitTrouble(start("/file", ProcDumpProgram.sha256(file)), "has more than 16777216 bytes");
  }

  @Test
  void refusesWhatHoldsNoProgram() throws IOException {
    file = zip("Eula.txt");
    awaitTrouble(start("/file", ProcDumpProgram.sha256(file)), "holds no procdump64.exe");
    thread.interrupt();

    file = "<html>".getBytes(StandardCharsets.US_ASCII);
    awaitTrouble(start("/file", ProcDumpProgram.sha256(file)), "neither a Windows program nor");
  }

  @Test
  void leavesOtherWordsOfTheHelperAlone() {
    file = PROGRAM;
    status = 500;
    ProcDumpFetch fetch = start("/file", ProcDumpProgram.sha256(file));
    awaitTrouble(fetch, "HTTP status 500");

    HelperState other = HelperState.NONE.because("AccessDenied", "no right");
    assertThat(fetch.explained(other)).isEqualTo(other);
    assertThat(fetch.explained(MISSING).phase()).isEqualTo(AttachPhase.Unknown);
  }

  private static void awaitTrouble(ProcDumpFetch fetch, String words) {
    await().untilAsserted(() -> assertThat(fetch.explained(MISSING).message()).contains(words));
  }

  private ProcDumpFetch start(String path, String sha256) {
    ProcDumpFetch fetch = fetch(path, sha256);
    thread = new Thread(fetch, "fetch under test");
    thread.start();
    return fetch;
  }

  private ProcDumpFetch fetch(String path, String sha256) {
    return new ProcDumpFetch(
        new ProcDumpSource(url(path), sha256), volume, http, FAST, new Random(1));
  }

  private URI url(String path) {
    return URI.create("https://127.0.0.1:" + server.getAddress().getPort() + path);
  }

  private static byte[] zip(String... names) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
      for (String name : names) {
        zip.putNextEntry(new ZipEntry(name));
        zip.write(name.equals("ProcDump64.exe") ? PROGRAM : new byte[] {1, 2, 3});
      }
    }
    return bytes.toByteArray();
  }
}
