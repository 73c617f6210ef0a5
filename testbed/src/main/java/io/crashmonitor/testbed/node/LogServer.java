package io.crashmonitor.testbed.node;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsParameters;
import com.sun.net.httpserver.HttpsServer;
import java.io.IOException;
import java.io.OutputStream;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.function.BooleanSupplier;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;

/**
 * The part of a kubelet's endpoint that {@code kubectl logs} needs: the API server asks it for
 * {@code /containerLogs/<namespace>/<pod>/<container>}. Only who has a certificate of the control
 * plane's CA is answered.
 */
final class LogServer implements AutoCloseable {
  private static final int OK = 200;
  private static final int NOT_FOUND = 404;
  private static final long POLL_MILLIS = 200;

  /** Where a container's logs are. */
  interface Logs {
    /**
     * @return the folder with {@code <run>.log}; empty where there is no such container here
     */
    Optional<Path> folder(String namespace, String pod, String container);

    /** Whether that folder may still get more. */
    boolean alive(Path folder);
  }

  private final HttpsServer server;
  private final Logs logs;

  private LogServer(HttpsServer server, Logs logs) {
    this.server = server;
    this.logs = logs;
  }

  /**
   * @param address of this machine, by which the API server knows the node
   */
  static LogServer start(KubeletTls tls, String address, Logs logs, ExecutorService executor) {
    try {
      HttpsServer https = HttpsServer.create(new InetSocketAddress(address, 0), 0);
      SSLContext context = NodeTls.context(tls, address);
      https.setHttpsConfigurator(
          new HttpsConfigurator(context) {
            @Override
            public void configure(HttpsParameters parameters) {
              SSLParameters own = context.getDefaultSSLParameters();
              own.setNeedClientAuth(true);
              parameters.setSSLParameters(own);
            }
          });
      LogServer started = new LogServer(https, logs);
      https.createContext("/containerLogs/", started::answer);
      https.setExecutor(executor);
      https.start();
      return started;
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot open the node's endpoint for logs", e);
    }
  }

  int port() {
    return server.getAddress().getPort();
  }

  @Override
  public void close() {
    server.stop(0);
  }

  private void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      String[] path = exchange.getRequestURI().getPath().split("/");
      LogQuery query = LogQuery.parse(exchange.getRequestURI().getRawQuery());
      Optional<Path> folder =
          path.length == 5 ? logs.folder(path[2], path[3], path[4]) : Optional.empty();
      Optional<Path> log = folder.flatMap(found -> log(found, query.previous()));
      if (log.isEmpty()) {
        byte[] why =
            (query.previous() ? "previous terminated container not found" : "no such container")
                .getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(NOT_FOUND, why.length);
        exchange.getResponseBody().write(why);
        return;
      }
      byte[] present = Files.readAllBytes(log.get());
      exchange.getResponseHeaders().set("Content-Type", "text/plain");
      exchange.sendResponseHeaders(OK, 0);
      OutputStream out = exchange.getResponseBody();
      out.write(query.select(present));
      if (query.follow()) {
        follow(log.get(), present.length, out, () -> isNewest(folder.get(), log.get()));
      }
      out.close();
    }
  }

  private boolean isNewest(Path folder, Path log) {
    return logs.alive(folder) && log(folder, false).filter(log::equals).isPresent();
  }

  /** Until the container's next run begins, or it is gone, or the reader is. */
  private static void follow(Path log, long from, OutputStream out, BooleanSupplier goesOn)
      throws IOException {
    try (RandomAccessFile file = new RandomAccessFile(log.toFile(), "r")) {
      file.seek(from);
      byte[] buffer = new byte[8192];
      while (true) {
        boolean more = goesOn.getAsBoolean();
        int read = file.read(buffer);
        if (read > 0) {
          out.write(buffer, 0, read);
          out.flush();
        } else if (!more) {
          return;
        } else {
          Thread.sleep(POLL_MILLIS);
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static Optional<Path> log(Path folder, boolean previous) {
    List<Integer> runs = LogFiles.runs(folder);
    int index = runs.size() - (previous ? 2 : 1);
    return index < 0 ? Optional.empty() : Optional.of(folder.resolve(runs.get(index) + ".log"));
  }
}
