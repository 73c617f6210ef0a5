package io.crashmonitor.operator;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.BooleanSupplier;

/**
 * {@code /livez} and {@code /readyz} for the kubelet. Live means that the process answers and has
 * not given up: a watch that reconnects is no reason to be killed. Ready means started.
 */
final class HealthServer implements AutoCloseable {
  private final HttpServer server;
  private final ExecutorService threads;

  private HealthServer(HttpServer server, ExecutorService threads) {
    this.server = server;
    this.threads = threads;
  }

  /**
   * @param port 0 for any free one
   */
  static HealthServer start(int port, BooleanSupplier live, BooleanSupplier ready) {
    try {
      HttpServer server = HttpServer.create(new InetSocketAddress(port), 16);
      ExecutorService threads =
          Executors.newFixedThreadPool(
              2,
              task -> {
                Thread thread = new Thread(task, "health");
                thread.setDaemon(true);
                return thread;
              });
      server.setExecutor(threads);
      server.createContext("/livez", exchange -> answer(exchange, "/livez", live));
      server.createContext("/readyz", exchange -> answer(exchange, "/readyz", ready));
      server.start();
      return new HealthServer(server, threads);
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot listen on health port " + port, e);
    }
  }

  int port() {
    return server.getAddress().getPort();
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }

  private static void answer(HttpExchange exchange, String path, BooleanSupplier good)
      throws IOException {
    try (exchange) {
      boolean found = exchange.getRequestURI().getPath().equals(path);
      boolean ok = found && good.getAsBoolean();
      byte[] body =
          (ok ? "ok\n" : found ? "not ok\n" : "not found\n").getBytes(StandardCharsets.US_ASCII);
      exchange.sendResponseHeaders(ok ? 200 : found ? 503 : 404, body.length);
      exchange.getResponseBody().write(body);
    }
  }
}
