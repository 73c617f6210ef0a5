package io.crashmonitor.operator;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

class HealthServerTest {
  private static int get(HealthServer server, String path) throws Exception {
    URI uri = URI.create("http://127.0.0.1:" + server.port() + path);
    return HttpClient.newHttpClient()
        .send(HttpRequest.newBuilder(uri).build(), BodyHandlers.discarding())
        .statusCode();
  }

  @Test
  void readinessFollowsTheProcessAndLivenessDoesNot() throws Exception {
    AtomicBoolean ready = new AtomicBoolean();
    try (HealthServer server = HealthServer.start(0, () -> true, ready::get)) {
      assertThat(get(server, "/livez")).isEqualTo(200);
      assertThat(get(server, "/readyz")).isEqualTo(503);

      ready.set(true);

      assertThat(get(server, "/readyz")).isEqualTo(200);
      assertThat(get(server, "/readyz/more")).isEqualTo(404);
    }
  }

  @Test
  void aProcessThatGaveUpIsNotLive() throws Exception {
    try (HealthServer server = HealthServer.start(0, () -> false, () -> true)) {
      assertThat(get(server, "/livez")).isEqualTo(503);
    }
  }
}
