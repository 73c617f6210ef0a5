package io.crashmonitor.sidecar;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import io.crashmonitor.agent.AgentProtocol;
import io.crashmonitor.agent.CompletionVerdict;
import io.crashmonitor.agent.CompletionVerdict.Outcome;
import io.crashmonitor.agent.DumpAbandon;
import io.crashmonitor.agent.DumpCompletion;
import io.crashmonitor.agent.DumpDecision;
import io.crashmonitor.agent.DumpOffer;
import io.crashmonitor.agent.SessionConfiguration;
import io.crashmonitor.agent.SyncRequest;
import io.crashmonitor.agent.SyncResponse;
import io.crashmonitor.testbed.controlplane.TestCa;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.spec.PKCS8EncodedKeySpec;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.BiFunction;
import java.util.function.Function;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;

/**
 * The operator's agent endpoint, played over real TLS. What it answers to offers and completions a
 * test decides; what it was asked is kept.
 */
final class FakeOperator implements AutoCloseable {
  static final String TOKEN = "pod-token-1";

  final List<SyncRequest> syncs = new CopyOnWriteArrayList<>();
  final List<DumpOffer> offers = new CopyOnWriteArrayList<>();
  final Map<String, DumpCompletion> completions = new ConcurrentHashMap<>();
  final Map<String, DumpAbandon> abandons = new ConcurrentHashMap<>();
  final List<Integer> statuses = new CopyOnWriteArrayList<>();
  volatile Function<DumpOffer, DumpDecision> decide =
      offer -> new DumpDecision.Refused("BudgetUsed", "");
  volatile BiFunction<String, DumpCompletion, CompletionVerdict> confirm =
      (id, completion) -> new CompletionVerdict(Outcome.Stored, "");
  volatile String expectedToken = TOKEN;
  volatile String retryAfter = "";

  /** Whether answers end after their head. */
  volatile boolean stalling;

  /** Whether it always has news, also when nothing changed. */
  volatile boolean restless;

  /** Asked before each request: another status than 200 is the answer. */
  volatile Function<String, Integer> status = path -> 200;

  private final JsonMapper mapper = AgentProtocol.mapper();
  private final TestCa ca = new TestCa("test operator", Instant.now());
  private final SSLContext tls = serverContext(ca);
  private final CountDownLatch stopped = new CountDownLatch(1);
  private final Object changed = new Object();
  private SessionConfiguration configuration;
  private String hash = "none";
  private HttpsServer server;
  private ExecutorService executor;
  private int port;

  FakeOperator(SessionConfiguration configuration) {
    configure(configuration);
    start();
  }

  URI url() {
    return URI.create("https://127.0.0.1:" + port);
  }

  /** Token and CA as the kubelet projects them. */
  void writeIdentity(Path folder) {
    try {
      Files.createDirectories(folder);
      Files.writeString(folder.resolve("ca.crt"), ca.certificatePem());
      Files.writeString(folder.resolve("token"), TOKEN);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  String hash() {
    synchronized (changed) {
      return hash;
    }
  }

  void configure(SessionConfiguration next) {
    synchronized (changed) {
      configuration = next;
      hash = Integer.toHexString(next.hashCode());
      changed.notifyAll();
    }
  }

  /** Begins to answer, at the port it had. */
  void start() {
    try {
      executor = Executors.newCachedThreadPool();
      server = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
      port = server.getAddress().getPort();
      server.setHttpsConfigurator(new HttpsConfigurator(tls));
      server.setExecutor(executor);
      server.createContext("/", this::handle);
      server.start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Refuses connections from now on. */
  void stop() {
    server.stop(0);
    executor.shutdownNow();
  }

  @Override
  public void close() {
    stopped.countDown();
    stop();
  }

  private void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      byte[] body = exchange.getRequestBody().readAllBytes();
      String path = exchange.getRequestURI().getPath();
      int code =
          ("Bearer " + expectedToken).equals(exchange.getRequestHeaders().getFirst("Authorization"))
              ? status.apply(path)
              : 401;
      statuses.add(code);
      byte[] answer = code == 200 ? mapper.writeValueAsBytes(answer(path, body)) : new byte[0];
      if (!retryAfter.isEmpty()) {
        exchange.getResponseHeaders().add("Retry-After", retryAfter);
      }
      exchange.sendResponseHeaders(code, answer.length == 0 ? -1 : answer.length);
      if (stalling) {
        exchange.getResponseBody().flush();
        stopped.await();
      }
      if (answer.length > 0) {
        exchange.getResponseBody().write(answer);
      }
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
    }
  }

  private Object answer(String path, byte[] body) throws IOException, InterruptedException {
    if (path.equals(AgentProtocol.SYNC)) {
      SyncRequest request = mapper.readValue(body, SyncRequest.class);
      syncs.add(request);
      return poll(request);
    }
    if (path.equals(AgentProtocol.DUMPS)) {
      DumpOffer offer = mapper.readValue(body, DumpOffer.class);
      offers.add(offer);
      return decide.apply(offer);
    }
    String id = path.split("/")[4];
    if (path.endsWith("/complete")) {
      DumpCompletion completion = mapper.readValue(body, DumpCompletion.class);
      completions.put(id, completion);
      return confirm.apply(id, completion);
    }
    abandons.put(id, mapper.readValue(body, DumpAbandon.class));
    return Map.of();
  }

  private SyncResponse poll(SyncRequest request) throws InterruptedException {
    synchronized (changed) {
      if (!restless && hash.equals(request.configurationHash())) {
        changed.wait(AgentProtocol.LONGEST_POLL.toMillis());
      }
      return new SyncResponse(Instant.now(), hash, configuration);
    }
  }

  private static SSLContext serverContext(TestCa ca) {
    TestCa.Identity identity = ca.server("operator", List.of("127.0.0.1"), List.of("localhost"));
    try {
      Certificate certificate =
          CertificateFactory.getInstance("X.509")
              .generateCertificate(
                  new ByteArrayInputStream(
                      identity.certificatePem().getBytes(StandardCharsets.US_ASCII)));
      String key = identity.privateKeyPem().replaceAll("-----[A-Z ]+-----|\\s", "");
      PrivateKey parsed =
          KeyFactory.getInstance("EC")
              .generatePrivate(new PKCS8EncodedKeySpec(Base64.getDecoder().decode(key)));
      KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
      store.load(null, null);
      store.setKeyEntry("server", parsed, new char[0], new Certificate[] {certificate});
      KeyManagerFactory keys =
          KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
      keys.init(store, new char[0]);
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(keys.getKeyManagers(), null, null);
      return context;
    } catch (GeneralSecurityException | IOException e) {
      throw new IllegalStateException(e);
    }
  }
}
