package io.crashmonitor.sidecar;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.crashmonitor.agent.DumpDecision.Granted;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Function;

/** Stands before real storage and plays its bad days. */
public final class StorageProxy implements AutoCloseable {
  private static final Set<String> NOT_PASSED_ON =
      Set.of("host", "connection", "content-length", "upgrade", "http2-settings");

  private static final Set<String> NOT_PASSED_BACK =
      Set.of("connection", "content-length", "transfer-encoding", "keep-alive", "date");

  /** What becomes of a request. */
  public enum Fault {
    NONE(0, ""),
    FORBIDDEN(403, "AuthenticationFailed"),
    NOT_FOUND(404, "ContainerNotFound"),
    CONFLICT(409, "OperationTimedOut"),
    TOO_MANY(429, "TooManyRequests"),
    BROKEN(500, "InternalError"),
    BUSY(503, "ServerBusy"),
    /** The connection ends before storage hears of it. */
    CUT(0, ""),
    /** Storage does it, and the connection ends before the answer. */
    CUT_AFTERWARDS(0, ""),
    /** No answer until the proxy ends. */
    HANG(0, ""),
    /** The head of an answer, and no more until the proxy ends. */
    STALL(0, "");

    private final int status;
    private final String code;

    Fault(int status, String code) {
      this.status = status;
      this.code = code;
    }
  }

  /**
   * A request that came.
   *
   * @param call block or blocklist
   * @param blockId of a block, as in the query
   * @param passed whether storage got it
   */
  public record Call(String call, String blockId, boolean passed) {}

  public final List<Call> calls = new CopyOnWriteArrayList<>();

  /** Asked before each request, with block or blocklist. */
  public volatile Function<String, Fault> fault = call -> Fault.NONE;

  private final CountDownLatch ended = new CountDownLatch(1);
  private final ExecutorService executor = Executors.newCachedThreadPool();
  private final HttpClient client = HttpClient.newHttpClient();
  private final HttpServer server;
  private final URI storage;

  public StorageProxy(String storage) {
    this.storage = URI.create(storage);
    try {
      server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    server.setExecutor(executor);
    server.createContext("/", this::handle);
    server.start();
  }

  /** The same place, by way of the proxy. */
  public Granted through(Granted grant) {
    URI url = URI.create(grant.url());
    String proxied =
        "http://127.0.0.1:"
            + server.getAddress().getPort()
            + url.getRawPath()
            + "?"
            + url.getRawQuery();
    return new Granted(grant.blob(), proxied, grant.expires());
  }

  /** Blocks that storage got, in order. */
  public List<String> blocksPassed() {
    return calls.stream()
        .filter(c -> c.call().equals("block") && c.passed())
        .map(Call::blockId)
        .toList();
  }

  @Override
  public void close() {
    ended.countDown();
    server.stop(0);
    executor.shutdownNow();
  }

  private void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      byte[] body = exchange.getRequestBody().readAllBytes();
      String query = exchange.getRequestURI().getRawQuery();
      String call = query.replaceAll("^.*[&?]comp=([a-z]+).*$", "$1");
      Fault now = fault.apply(call);
      boolean passed = now == Fault.NONE || now == Fault.CUT_AFTERWARDS;
      calls.add(new Call(call, query.replaceAll("^.*blockid=([^&]*).*$", "$1"), passed));
      if (now.status != 0) {
        exchange.getResponseHeaders().add("x-ms-error-code", now.code);
        exchange.sendResponseHeaders(now.status, -1);
      } else if (now == Fault.HANG) {
        ended.await();
      } else if (now == Fault.STALL) {
        exchange.sendResponseHeaders(500, 100);
        exchange.getResponseBody().flush();
        ended.await();
      } else if (passed) {
        HttpResponse<byte[]> answer = pass(exchange, body);
        if (now == Fault.NONE) {
          answer(exchange, answer);
        }
      }
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
    }
  }

  private HttpResponse<byte[]> pass(HttpExchange exchange, byte[] body)
      throws IOException, InterruptedException {
    URI asked = exchange.getRequestURI();
    HttpRequest.Builder request =
        HttpRequest.newBuilder(storage.resolve(asked.getRawPath() + "?" + asked.getRawQuery()))
            .method(exchange.getRequestMethod(), HttpRequest.BodyPublishers.ofByteArray(body));
    exchange
        .getRequestHeaders()
        .forEach(
            (name, values) -> {
              if (!NOT_PASSED_ON.contains(name.toLowerCase(Locale.ROOT))) {
                values.forEach(value -> request.header(name, value));
              }
            });
    return client.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
  }

  private static void answer(HttpExchange exchange, HttpResponse<byte[]> answer)
      throws IOException {
    answer
        .headers()
        .map()
        .forEach(
            (name, values) -> {
              if (!NOT_PASSED_BACK.contains(name.toLowerCase(Locale.ROOT))) {
                values.forEach(value -> exchange.getResponseHeaders().add(name, value));
              }
            });
    exchange.sendResponseHeaders(
        answer.statusCode(), answer.body().length == 0 ? -1 : answer.body().length);
    exchange.getResponseBody().write(answer.body());
  }
}
