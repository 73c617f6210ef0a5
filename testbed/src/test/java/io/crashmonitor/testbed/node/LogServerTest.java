package io.crashmonitor.testbed.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.crashmonitor.testbed.controlplane.TestCa;
import io.crashmonitor.testbed.controlplane.TestTls;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A node in a cluster of somebody else's: its certificate is its own, its clients are theirs. */
class LogServerTest {
  private static final String ADDRESS = "127.0.0.1";
  private final TestCa nodes = new TestCa("nodes", Clock.systemUTC().instant());
  private final TestCa cluster = new TestCa("cluster", Clock.systemUTC().instant());
  private final ExecutorService threads = Executors.newCachedThreadPool();
  @TempDir private Path folder;
  private LogServer server;

  @BeforeEach
  void start() throws IOException {
    Files.writeString(folder.resolve("0.log"), "now: av\n");
    KubeletTls tls = new KubeletTls(nodes, cluster.certificatePem());
    server = LogServer.start(tls, ADDRESS, new OneContainer(), threads);
  }

  @AfterEach
  void stop() {
    server.close();
    threads.shutdownNow();
  }

  @Test
  void answersAClientOfTheClustersAuthority() throws Exception {
    HttpResponse<String> answer =
        get(TestTls.presenting(nodes, cluster.client("apiserver", List.of())));

    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.body()).isEqualTo("now: av\n");
  }

  @Test
  void answersNobodyElse() {
    assertThatThrownBy(() -> get(TestTls.presenting(nodes, nodes.client("other", List.of()))))
        .isInstanceOf(IOException.class);
  }

  private HttpResponse<String> get(SSLContext tls) throws IOException, InterruptedException {
    return HttpClient.newBuilder()
        .sslContext(tls)
        .build()
        .send(
            HttpRequest.newBuilder(
                    URI.create(
                        "https://" + ADDRESS + ":" + server.port() + "/containerLogs/shop/web/app"))
                .build(),
            HttpResponse.BodyHandlers.ofString());
  }

  private final class OneContainer implements LogServer.Logs {
    @Override
    public Optional<Path> folder(String namespace, String pod, String container) {
      return Optional.of(folder).filter(f -> (namespace + pod + container).equals("shopwebapp"));
    }

    @Override
    public boolean alive(Path any) {
      return false;
    }
  }
}
