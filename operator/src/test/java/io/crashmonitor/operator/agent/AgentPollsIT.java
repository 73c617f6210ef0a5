package io.crashmonitor.operator.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.json.JsonMapper;
import io.crashmonitor.agent.AgentProtocol;
import io.crashmonitor.agent.SessionConfiguration;
import io.crashmonitor.agent.SyncRequest;
import io.crashmonitor.api.CaptureEngine;
import io.crashmonitor.api.DumpSettings;
import io.crashmonitor.api.Names;
import io.crashmonitor.operator.storage.AzureDumpStores;
import io.crashmonitor.operator.storage.BlobEndpoints;
import io.crashmonitor.operator.storage.DumpPlaces;
import io.crashmonitor.operator.storage.Samples;
import io.crashmonitor.operator.storage.StorageTarget;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.authentication.TokenReviewStatus;
import io.fabric8.kubernetes.api.model.authentication.TokenReviewStatusBuilder;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Many pods on one endpoint; the API server is played, HTTPS is not. */
class AgentPollsIT {
  private static final int PODS = 1000;
  private static final Duration SOON = Duration.ofSeconds(60);
  private static final JsonMapper JSON = AgentProtocol.mapper();

  private final Clock clock = Clock.systemUTC();
  private final SessionBoard board = new SessionBoard();
  private final StorageTarget storage = Samples.target("shopdumps", "dumps", 1);
  private final TrustingCluster cluster = new TrustingCluster(storage.session().uid());
  private AgentServer server;
  private HttpClient http;

  /** Takes a token for the name of its pod. */
  private record TrustingCluster(String sessionUid, AtomicInteger reviews)
      implements PodIdentities.Cluster, PodConditions.Patcher {
    TrustingCluster(String sessionUid) {
      this(sessionUid, new AtomicInteger());
    }

    @Override
    public TokenReviewStatus review(String token, String audience) {
      reviews.incrementAndGet();
      return new TokenReviewStatusBuilder()
          .withAuthenticated(true)
          .withAudiences(audience)
          .withNewUser()
          .withUsername("system:serviceaccount:shop:default")
          .addToExtra("authentication.kubernetes.io/pod-name", List.of(token))
          .addToExtra("authentication.kubernetes.io/pod-uid", List.of("uid-" + token))
          .endUser()
          .build();
    }

    @Override
    public Optional<Pod> pod(String namespace, String name) {
      return Optional.of(
          new PodBuilder()
              .withNewMetadata()
              .withNamespace(namespace)
              .withName(name)
              .withUid("uid-" + name)
              .addToLabels(Names.SESSION_UID_LABEL, sessionUid)
              .endMetadata()
              .withNewSpec()
              .endSpec()
              .build());
    }

    @Override
    public void patch(AgentIdentity pod, Map<String, Object> status) {}
  }

  @BeforeEach
  void start() {
    CertificatePair pair = CertificatePair.create(Set.of("127.0.0.1"), clock.instant());
    server =
        AgentServer.start(
            new AgentServer.Parts(
                null,
                board,
                new AgentRegistry(clock),
                new DumpPlaces(
                    new AzureDumpStores(
                        (namespace, name) -> Optional.empty(), new BlobEndpoints(Map.of()), clock),
                    clock),
                session -> {},
                clock,
                Duration.ofMinutes(10)),
            cluster,
            pair.tls(),
            0);
    http = HttpClient.newBuilder().sslContext(Trust.in(pair.caPem())).build();
  }

  @AfterEach
  void stop() {
    server.close();
  }

  private void publish(boolean armed) {
    Instant now = clock.instant();
    board.publish(
        new PublishedSession(
            storage.session(),
            storage,
            new SessionConfiguration(
                "run", armed, "", null, "", DumpSettings.DEFAULT, CaptureEngine.ProcDump, true),
            "Deployment/checkout",
            "app",
            now,
            now.plusSeconds(60),
            List.of()));
  }

  private CompletableFuture<HttpResponse<String>> sync(String pod, String hash) throws Exception {
    return http.sendAsync(
        HttpRequest.newBuilder(
                URI.create("https://127.0.0.1:" + server.port() + AgentProtocol.SYNC))
            .header("Authorization", "Bearer " + pod)
            .POST(
                BodyPublishers.ofByteArray(
                    JSON.writeValueAsBytes(new SyncRequest("0.1.0", hash, null))))
            .build(),
        BodyHandlers.ofString());
  }

  private static long serverThreads() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.getName().startsWith("agent-"))
        .count();
  }

  @Test
  void aThousandWaitingPodsHoldNoThreadAndAllHearTheNews() throws Exception {
    publish(true);
    List<CompletableFuture<HttpResponse<String>>> polls = new ArrayList<>();
    for (int i = 0; i < PODS; i++) {
      polls.add(sync("pod-" + i, board.hash(storage.session().uid())));
    }
    await().atMost(SOON).until(() -> server.waiting() == PODS);
    long threads = serverThreads();

    publish(false);

    assertThat(threads).as("threads of the endpoint").isLessThan(90);
    assertThat(CompletableFuture.allOf(polls.toArray(CompletableFuture[]::new)))
        .succeedsWithin(SOON);
    assertThat(polls).allMatch(poll -> poll.join().statusCode() == 200);
    assertThat(server.waiting()).isZero();
  }

  @Test
  void aTokenIsReviewedOnceInTenMinutes() throws Exception {
    publish(true);

    for (int i = 0; i < 5; i++) {
      assertThat(sync("pod-1", "").join().statusCode()).isEqualTo(200);
    }

    assertThat(cluster.reviews()).hasValue(1);
  }
}
