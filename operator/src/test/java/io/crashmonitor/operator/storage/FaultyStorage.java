package io.crashmonitor.operator.storage;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntFunction;

/** A blob service on its bad days: passes requests on, but for those that a test wants to fail. */
final class FaultyStorage implements AutoCloseable {
  /** What becomes of a request. */
  enum Fault {
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
    CUT_AFTERWARDS(0, "");

    private final int status;
    private final String code;

    Fault(int status, String code) {
      this.status = status;
      this.code = code;
    }
  }

  private static final Set<String> NOT_PASSED_ON =
      Set.of("host", "connection", "content-length", "upgrade", "http2-settings", "expect");

  private final AtomicInteger requests = new AtomicInteger();
  private final HttpClient client =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private final ExecutorService executor = Executors.newCachedThreadPool();
  private final URI storage;
  private final HttpServer server;
  private volatile IntFunction<Fault> faults = number -> Fault.NONE;

  /**
   * @param endpoint of the storage behind it
   */
  FaultyStorage(String endpoint) {
    storage = URI.create(endpoint);
    try {
      server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    server.setExecutor(executor);
    server.createContext("/", this::handle);
    server.start();
  }

  /** The same as the endpoint behind it, by way of here. */
  String endpoint() {
    return "http://127.0.0.1:" + server.getAddress().getPort() + storage.getRawPath();
  }

  /** From now on, by the number of the request from 1; gives the faults the number to begin at. */
  void fail(IntFunction<Fault> byNumber) {
    requests.set(0);
    faults = byNumber;
  }

  @Override
  public void close() {
    server.stop(0);
    executor.shutdownNow();
  }

  private void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      byte[] body = exchange.getRequestBody().readAllBytes();
      Fault fault = faults.apply(requests.incrementAndGet());
      if (fault.status != 0) {
        exchange.getResponseHeaders().add("x-ms-error-code", fault.code);
        exchange.sendResponseHeaders(fault.status, -1);
      } else if (fault == Fault.NONE || fault == Fault.CUT_AFTERWARDS) {
        HttpResponse<byte[]> answer = pass(exchange, body);
        if (fault == Fault.NONE) {
          answer(exchange, answer);
        }
      }
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
    }
  }

  private HttpResponse<byte[]> pass(HttpExchange exchange, byte[] body)
      throws IOException, InterruptedException {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(storage.resolve(exchange.getRequestURI().toString()))
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
              if (!name.equalsIgnoreCase("transfer-encoding")
                  && !NOT_PASSED_ON.contains(name.toLowerCase(Locale.ROOT))) {
                exchange.getResponseHeaders().put(name, values);
              }
            });
    boolean head = exchange.getRequestMethod().equals("HEAD");
    if (head) {
      answer
          .headers()
          .firstValue("content-length")
          .ifPresent(length -> exchange.getResponseHeaders().set("Content-Length", length));
    }
    exchange.sendResponseHeaders(
        answer.statusCode(), head || answer.body().length == 0 ? -1 : answer.body().length);
    if (!head) {
      exchange.getResponseBody().write(answer.body());
    }
  }
}
