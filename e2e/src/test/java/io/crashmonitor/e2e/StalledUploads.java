package io.crashmonitor.e2e;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** Storage that answers everything but the blocks of uploads: those hang. */
final class StalledUploads implements AutoCloseable {
  private static final String BLOCK = "comp=block&";

  private final URI storage;
  private final ServerSocket server;
  private final Queue<Socket> sockets = new ConcurrentLinkedQueue<>();
  private final ExecutorService threads =
      Executors.newCachedThreadPool(
          task -> {
            Thread thread = new Thread(task, "stalled-uploads");
            thread.setDaemon(true);
            return thread;
          });

  /**
   * @param storage what is passed on to, by plain HTTP
   */
  StalledUploads(String storage) throws IOException {
    this.storage = URI.create(storage);
    this.server = new ServerSocket(0, 50, InetAddress.getByName(this.storage.getHost()));
    threads.execute(this::accept);
  }

  /** The same place, by way of this. */
  String endpoint() {
    return "http://" + storage.getHost() + ":" + server.getLocalPort() + storage.getPath();
  }

  private void accept() {
    try {
      while (true) {
        Socket client = opened(server.accept());
        Socket behind = opened(new Socket(storage.getHost(), storage.getPort()));
        threads.execute(() -> pass(client, behind, true));
        threads.execute(() -> pass(behind, client, false));
      }
    } catch (IOException closed) {
      // The test is over.
    }
  }

  private Socket opened(Socket socket) {
    sockets.add(socket);
    return socket;
  }

  /** Until a block comes: that connection is heard of no more. */
  private static void pass(Socket from, Socket to, boolean asks) {
    byte[] bytes = new byte[64 * 1024];
    try {
      InputStream in = from.getInputStream();
      OutputStream out = to.getOutputStream();
      for (int n = in.read(bytes); n >= 0; n = in.read(bytes)) {
        if (asks && new String(bytes, 0, n, StandardCharsets.ISO_8859_1).contains(BLOCK)) {
          return;
        }
        out.write(bytes, 0, n);
        out.flush();
      }
      to.shutdownOutput();
    } catch (IOException ended) {
      // So does the other side.
    }
  }

  @Override
  public void close() {
    try {
      server.close();
      for (Socket socket : sockets) {
        socket.close();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } finally {
      threads.shutdownNow();
    }
  }
}
