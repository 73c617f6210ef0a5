package io.crashmonitor.testbed.controlplane;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Free TCP ports of 127.0.0.1. They lie below Linux's ephemeral range (32768 and up), so that no
 * outgoing connection takes one between this look and the server's start, and none is given twice
 * by one JVM.
 */
public final class Ports {
  private static final int FIRST = 16_000;
  private static final int LAST = 32_000;
  private static final int TRIES = 200;
  private static final int CONNECT_MILLIS = 500;
  private static final Set<Integer> GIVEN = new HashSet<>();

  private Ports() {}

  public static synchronized int free() {
    for (int i = 0; i < TRIES; i++) {
      int port = ThreadLocalRandom.current().nextInt(FIRST, LAST);
      if (!GIVEN.contains(port) && isFree(port)) {
        GIVEN.add(port);
        return port;
      }
    }
    throw new IllegalStateException(
        "No free port of 127.0.0.1 between %d and %d in %d tries".formatted(FIRST, LAST, TRIES));
  }

  /** Whether a server accepts connections at this port of 127.0.0.1. */
  public static boolean accepts(int port) {
    return accepts(InetAddress.getLoopbackAddress().getHostAddress(), port);
  }

  /** Whether a server accepts connections at this address and port. */
  static boolean accepts(String address, int port) {
    try (Socket socket = new Socket()) {
      socket.connect(new InetSocketAddress(address, port), CONNECT_MILLIS);
      return true;
    } catch (IOException notNow) {
      return false;
    }
  }

  private static boolean isFree(int port) {
    try (ServerSocket socket = new ServerSocket()) {
      socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
      return true;
    } catch (IOException taken) {
      return false;
    }
  }
}
