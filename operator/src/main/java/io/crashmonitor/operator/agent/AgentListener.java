package io.crashmonitor.operator.agent;

import io.javalin.config.JavalinConfig;
import java.time.Duration;
import org.eclipse.jetty.server.Connector;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.SecureRequestCustomizer;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.server.SslConnectionFactory;
import org.eclipse.jetty.util.ssl.SslContextFactory;
import org.eclipse.jetty.util.thread.QueuedThreadPool;

/** The HTTPS listener: TLS 1.2 and 1.3, bounded threads. */
final class AgentListener {
  private static final int THREADS = 64;
  private static final Duration IDLE = Duration.ofSeconds(90);
  private static final String[] PROTOCOLS = {"TLSv1.3", "TLSv1.2"};

  private final SslContextFactory.Server ssl = new SslContextFactory.Server();
  private final int wantedPort;
  private ServerConnector connector;

  AgentListener(AgentTls tls, int port) {
    this.wantedPort = port;
    ssl.setIncludeProtocols(PROTOCOLS);
    set(tls);
  }

  void configure(JavalinConfig config) {
    config.jetty.threadPool = threads();
    config.jetty.addConnector(this::connector);
  }

  int port() {
    return connector.getLocalPort();
  }

  /** Handshakes from now on show the new certificate. */
  void use(AgentTls tls) {
    try {
      ssl.reload(factory -> set(tls));
    } catch (Exception e) {
      throw new IllegalStateException("the new certificate cannot be used", e);
    }
  }

  private void set(AgentTls tls) {
    ssl.setKeyStore(tls.keyStore());
    ssl.setKeyStorePassword("");
  }

  private Connector connector(Server server, HttpConfiguration shared) {
    HttpConfiguration http = new HttpConfiguration(shared);
    http.setSendServerVersion(false);
    // Agents check our name; which name they called us by does not matter.
    http.addCustomizer(new SecureRequestCustomizer(false));
    connector =
        new ServerConnector(
            server, new SslConnectionFactory(ssl, "http/1.1"), new HttpConnectionFactory(http));
    connector.setPort(wantedPort);
    connector.setIdleTimeout(IDLE.toMillis());
    return connector;
  }

  private static QueuedThreadPool threads() {
    QueuedThreadPool pool = new QueuedThreadPool(THREADS, 4);
    pool.setName("agent-http");
    pool.setDaemon(true);
    return pool;
  }
}
