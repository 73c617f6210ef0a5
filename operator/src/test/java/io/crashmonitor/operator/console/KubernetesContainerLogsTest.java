package io.crashmonitor.operator.console;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.crashmonitor.operator.console.ContainerLogs.Answer;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Against a server that answers as an API server does. */
class KubernetesContainerLogsTest {
  private static final Instant START = Instant.parse("2026-11-22T08:00:00Z");
  private static final EndedInstance INSTANCE =
      new EndedInstance("shop", "web-1", "uid-1", "app", START);
  private static final String RUNNING = "{\"running\":{\"startedAt\":\"2026-11-22T09:00:00Z\"}}";

  private final List<String> requests = new CopyOnWriteArrayList<>();
  private volatile String pod = pod("uid-1", RUNNING, ended(START));
  private volatile int logStatus = 200;
  private volatile Runnable onLog = () -> {};
  private HttpServer server;
  private KubernetesClient client;
  private KubernetesContainerLogs logs;

  @BeforeEach
  void start() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/", this::answer);
    server.start();
    Config config =
        new ConfigBuilder(Config.empty())
            .withMasterUrl("http://127.0.0.1:" + server.getAddress().getPort())
            .withRequestRetryBackoffLimit(0)
            .build();
    client = new KubernetesClientBuilder().withConfig(config).build();
    logs = new KubernetesContainerLogs(client);
  }

  @AfterEach
  void stop() {
    client.close();
    server.stop(0);
  }

  private void answer(HttpExchange exchange) throws IOException {
    String uri = exchange.getRequestURI().toString();
    requests.add(uri);
    boolean log = uri.contains("/log?");
    if (log) {
      onLog.run();
    }
    byte[] body = (log ? "line 1\nline 2\n" : pod).getBytes(StandardCharsets.UTF_8);
    exchange.getResponseHeaders().add("Content-Type", log ? "text/plain" : "application/json");
    exchange.sendResponseHeaders(log ? logStatus : 200, body.length);
    exchange.getResponseBody().write(body);
    exchange.close();
  }

  private static String ended(Instant start) {
    return "{\"terminated\":{\"exitCode\":-1073741819,\"startedAt\":\"%s\",\"finishedAt\":\"%s\"}}"
        .formatted(start, start.plusSeconds(60));
  }

  private static String pod(String uid, String state, String lastState) {
    return """
        {"apiVersion":"v1","kind":"Pod","metadata":{"name":"web-1","namespace":"shop","uid":"%s"},
         "status":{"containerStatuses":[{"name":"app","state":%s,"lastState":%s}]}}
        """
        .formatted(uid, state, lastState);
  }

  @Test
  void theEndOfTheEndedInstancesLogIsAskedForWithBounds() {
    assertThat(logs.previous(INSTANCE, 100)).isEqualTo(new Answer.Found("line 1\nline 2\n"));
    assertThat(requests)
        .filteredOn(uri -> uri.contains("/log"))
        .containsExactly(
            "/api/v1/namespaces/shop/pods/web-1/log"
                + "?container=app&previous=true&tailLines=100&limitBytes=1048576");
  }

  @Test
  void aContainerThatWasNotStartedAgainHasNoPreviousLogYet() {
    pod = pod("uid-1", ended(START), "{}");

    assertThat(logs.previous(INSTANCE, 100)).isInstanceOf(Answer.NotYet.class);
    assertThat(requests).noneMatch(uri -> uri.contains("/log"));
  }

  @Test
  void theLogOfAnotherInstanceIsNeverTaken() {
    pod = pod("uid-1", RUNNING, ended(START.plusSeconds(90)));
    assertThat(logs.previous(INSTANCE, 100)).isInstanceOf(Answer.Gone.class);

    pod = pod("uid-2", RUNNING, ended(START));
    assertThat(logs.previous(INSTANCE, 100)).isInstanceOf(Answer.Gone.class);

    pod = pod("uid-1", RUNNING, ended(START));
    onLog = () -> pod = pod("uid-1", RUNNING, ended(START.plusSeconds(90)));
    assertThat(logs.previous(INSTANCE, 100))
        .as("another ended while the log was read")
        .isInstanceOf(Answer.Gone.class);
  }

  @ParameterizedTest
  @ValueSource(ints = {400, 403, 404})
  void whatStaysRefusedIsGone(int status) {
    logStatus = status;

    assertThat(logs.previous(INSTANCE, 100)).isInstanceOf(Answer.Gone.class);
  }

  @ParameterizedTest
  @ValueSource(ints = {429, 500, 503})
  void whatMayPassIsNotYet(int status) {
    logStatus = status;

    assertThat(logs.previous(INSTANCE, 100)).isInstanceOf(Answer.NotYet.class);
  }
}
