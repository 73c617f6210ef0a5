package io.crashmonitor.operator.agent;

import static org.assertj.core.api.Assertions.assertThat;

import io.crashmonitor.agent.AgentProtocol;
import io.crashmonitor.api.Names;
import io.crashmonitor.testbed.controlplane.Azurite;
import io.crashmonitor.testbed.controlplane.ControlPlane;
import io.crashmonitor.testbed.controlplane.SharedAzurite;
import io.crashmonitor.testbed.controlplane.SharedControlPlane;
import io.fabric8.kubernetes.api.model.Pod;
import java.io.ByteArrayInputStream;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Who is heard at the endpoint, and with what. */
@ExtendWith({SharedControlPlane.class, SharedAzurite.class})
class AgentIdentityIT {
  private final ControlPlane plane;
  private final Azurite azurite;
  private AgentEndpoint endpoint;

  AgentIdentityIT(ControlPlane plane, Azurite azurite) {
    this.plane = plane;
    this.azurite = azurite;
  }

  @BeforeEach
  void open() {
    endpoint = new AgentEndpoint(plane, azurite);
  }

  @AfterEach
  void close() {
    endpoint.close();
  }

  @Test
  void aTokenOfAnotherAudienceIsNoIdentity() throws Exception {
    endpoint.publish(true);
    Pod pod = endpoint.injectedPod();

    assertThat(
            endpoint
                .sync(endpoint.token(pod, "https://kubernetes.default.svc"), "", null)
                .join()
                .statusCode())
        .isEqualTo(401);
    assertThat(endpoint.sync("not-a-token", "", null).join().statusCode()).isEqualTo(401);
    assertThat(endpoint.sync("", "", null).join().statusCode()).isEqualTo(401);
  }

  @Test
  void aTokenWithoutAPodIsRefused() throws Exception {
    endpoint.publish(true);
    String token =
        endpoint.plane.serviceAccountToken(endpoint.namespace, "default", Names.AUDIENCE);

    assertThat(endpoint.sync(token, "", null).join().statusCode()).isEqualTo(403);
  }

  @Test
  void aPodThatNoSessionInjectedIsRefused() throws Exception {
    endpoint.publish(true);

    assertThat(
            endpoint
                .sync(endpoint.token(endpoint.pod(Map.of("app", "web"))), "", null)
                .join()
                .statusCode())
        .isEqualTo(403);
  }

  @Test
  void aPodWhoseSessionIsNotPublishedYetComesBackLater() throws Exception {
    HttpResponse<String> answer =
        endpoint.sync(endpoint.token(endpoint.injectedPod()), "", AgentEndpoint.state(true)).join();

    assertThat(answer.statusCode()).isEqualTo(503);
    assertThat(answer.headers().firstValue("Retry-After")).contains("5");
  }

  @Test
  void aBodyBeyondTheLimitIsRefusedWhateverItHolds() throws Exception {
    endpoint.publish(true);
    byte[] big = new byte[AgentProtocol.MESSAGE_LIMIT + 1];
    String token = endpoint.token(endpoint.injectedPod());

    assertThat(endpoint.post(token, AgentProtocol.SYNC, big).join().statusCode()).isEqualTo(413);
    HttpRequest unannounced =
        HttpRequest.newBuilder(
                URI.create("https://127.0.0.1:" + endpoint.server.port() + AgentProtocol.SYNC))
            .header("Authorization", "Bearer " + token)
            .POST(BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(big)))
            .build();
    assertThat(endpoint.http.send(unannounced, BodyHandlers.ofString()).statusCode())
        .isEqualTo(413);
  }

  @Test
  void aBrokenPathOrBodyIsABadRequest() throws Exception {
    endpoint.publish(true);
    String token = endpoint.token(endpoint.injectedPod());
    byte[] nothing = "null".getBytes(StandardCharsets.UTF_8);

    assertThat(endpoint.post(token, AgentProtocol.SYNC, nothing).join().statusCode())
        .isEqualTo(400);
    assertThat(endpoint.post(token, AgentProtocol.DUMPS, new byte[] {1, 2}).join().statusCode())
        .isEqualTo(400);
    assertThat(
            endpoint
                .post(token, AgentProtocol.COMPLETE.replace("{crashId}", "..%2fx"), nothing)
                .join()
                .statusCode())
        .isEqualTo(400);
    assertThat(endpoint.post(token, "/agent/v1/other", nothing).join().statusCode()).isEqualTo(404);
  }

  @Test
  void aCrashIdOfAnotherPodIsRefused() throws Exception {
    endpoint.publish(true);
    Pod pod = endpoint.injectedPod();
    Pod other = endpoint.injectedPod();

    HttpResponse<String> answer =
        endpoint.post(
            endpoint.token(pod),
            AgentProtocol.DUMPS,
            endpoint.offer(other, 7, endpoint.clock.instant()));

    assertThat(answer.statusCode()).isEqualTo(400);
    assertThat(answer.body()).contains("crashId");
  }

  @Test
  void aPodThatAsksForGrantsWithoutEndIsSlowedDown() throws Exception {
    endpoint.publish(true);
    Pod pod = endpoint.injectedPod();
    String token = endpoint.token(pod);

    List<CompletableFuture<HttpResponse<String>>> answers = new ArrayList<>();
    for (int i = 0; i < 70; i++) {
      answers.add(endpoint.post(token, AgentProtocol.DUMPS, "{}".getBytes(StandardCharsets.UTF_8)));
    }

    assertThat(answers).extracting(a -> a.join().statusCode()).contains(429, 400);
  }
}
