package io.crashmonitor.operator.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.azure.core.util.BinaryData;
import com.azure.storage.blob.options.BlockBlobSimpleUploadOptions;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.crashmonitor.agent.AgentProtocol;
import io.crashmonitor.agent.AgentState;
import io.crashmonitor.agent.AttachPhase;
import io.crashmonitor.agent.DumpAbandon;
import io.crashmonitor.agent.DumpCompletion;
import io.crashmonitor.agent.DumpOffer;
import io.crashmonitor.agent.SessionConfiguration;
import io.crashmonitor.agent.SyncRequest;
import io.crashmonitor.agent.WatchedProcess;
import io.crashmonitor.api.CaptureEngine;
import io.crashmonitor.api.Compression;
import io.crashmonitor.api.CrashKind;
import io.crashmonitor.api.DumpSettings;
import io.crashmonitor.api.DumpState;
import io.crashmonitor.api.DumpType;
import io.crashmonitor.api.Names;
import io.crashmonitor.api.Run;
import io.crashmonitor.operator.storage.DumpPlaces;
import io.crashmonitor.operator.storage.DumpStores;
import io.crashmonitor.operator.storage.ResourceKey;
import io.crashmonitor.operator.storage.Samples;
import io.crashmonitor.operator.storage.StorageTarget;
import io.crashmonitor.operator.storage.StorageWatch;
import io.crashmonitor.report.CrashId;
import io.crashmonitor.report.ExitCodeSource;
import io.crashmonitor.testbed.controlplane.Azurite;
import io.crashmonitor.testbed.controlplane.ControlPlane;
import io.crashmonitor.testbed.controlplane.SharedAzurite;
import io.crashmonitor.testbed.controlplane.SharedControlPlane;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.PodCondition;
import io.fabric8.kubernetes.api.model.authentication.TokenRequest;
import io.fabric8.kubernetes.api.model.authentication.TokenRequestBuilder;
import io.fabric8.kubernetes.api.model.rbac.ClusterRole;
import io.fabric8.kubernetes.api.model.rbac.ClusterRoleBindingBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The endpoint as agents meet it: over HTTPS, with tokens of a real API server. */
@ExtendWith({SharedControlPlane.class, SharedAzurite.class})
class AgentServerIT {
  private static final JsonMapper JSON = AgentProtocol.mapper();
  private static final Duration SOON = Duration.ofSeconds(20);

  private final ControlPlane plane;
  private final Azurite azurite;
  private final Clock clock = Clock.systemUTC();
  private final SessionBoard board = new SessionBoard();
  private final AgentRegistry registry = new AgentRegistry(clock);
  private final List<ResourceKey> spoke = new ArrayList<>();
  private String namespace;
  private StorageTarget storage;
  private DumpStores stores;
  private AgentServer server;
  private HttpClient http;

  AgentServerIT(ControlPlane plane, Azurite azurite) {
    this.plane = plane;
    this.azurite = azurite;
  }

  @BeforeEach
  void start() throws IOException {
    namespace = plane.newNamespace("agents");
    storage = Samples.target(Azurite.ACCOUNT, "c" + UUID.randomUUID(), 1);
    stores = Samples.stores(Azurite.ACCOUNT, azurite.endpoint(), azurite.connectionString(), clock);
    AgentCertificates certificates =
        AgentCertificates.open(
            plane.client(),
            namespace,
            Set.of("crash-monitor-agent.ops.svc.cluster.local", "127.0.0.1"),
            clock);
    server =
        AgentServer.start(
            new AgentServer.Parts(
                asOperator(),
                board,
                registry,
                new DumpPlaces(stores, clock),
                spoke::add,
                clock,
                Duration.ofSeconds(30)),
            certificates,
            0);
    http = HttpClient.newBuilder().sslContext(Trust.in(certificates.caPem())).build();
  }

  @AfterEach
  void stop() {
    server.close();
  }

  /** The shipped role: the endpoint may do no more than that. */
  private KubernetesClient asOperator() throws IOException {
    String user = "crash-monitor-agents-" + namespace;
    KubernetesClient admin = plane.client();
    ClusterRole role =
        admin
            .getKubernetesSerialization()
            .unmarshal(
                Files.readString(
                    Path.of(
                        System.getProperty("crashmonitor.root"),
                        "operator/src/main/kubernetes/clusterrole.yaml")),
                ClusterRole.class);
    admin.resource(role).fieldManager("test").forceConflicts().serverSideApply();
    admin
        .resource(
            new ClusterRoleBindingBuilder()
                .withNewMetadata()
                .withName(user)
                .endMetadata()
                .withNewRoleRef(
                    "rbac.authorization.k8s.io", "ClusterRole", role.getMetadata().getName())
                .addNewSubject("rbac.authorization.k8s.io", "User", user, null)
                .build())
        .create();
    return plane.clientAs(user);
  }

  private String sessionUid() {
    return storage.session().uid();
  }

  private Pod pod(Map<String, String> labels) {
    return plane
        .client()
        .resource(
            new PodBuilder()
                .withNewMetadata()
                .withNamespace(namespace)
                .withName("web-" + UUID.randomUUID())
                .withLabels(labels)
                .endMetadata()
                .withNewSpec()
                .addNewContainer()
                .withName("app")
                .withImage("shop/checkout:1")
                .endContainer()
                .endSpec()
                .build())
        .create();
  }

  private Pod injectedPod() {
    return pod(Map.of(Names.SESSION_UID_LABEL, sessionUid()));
  }

  private String token(Pod pod, String audience) {
    TokenRequest request =
        new TokenRequestBuilder()
            .withNewSpec()
            .withAudiences(audience)
            .withNewBoundObjectRef()
            .withApiVersion("v1")
            .withKind("Pod")
            .withName(pod.getMetadata().getName())
            .withUid(pod.getMetadata().getUid())
            .endBoundObjectRef()
            .endSpec()
            .build();
    return plane
        .client()
        .serviceAccounts()
        .inNamespace(namespace)
        .withName("default")
        .tokenRequest(request)
        .getStatus()
        .getToken();
  }

  private String token(Pod pod) {
    return token(pod, Names.AUDIENCE);
  }

  private void publish(boolean armed) {
    publish(storage, armed, DumpSettings.DEFAULT, clock.instant().minus(Duration.ofHours(1)));
  }

  private void publish(StorageTarget target, boolean armed, DumpSettings dump, Instant start) {
    SessionConfiguration configuration =
        new SessionConfiguration(
            target.run().id(),
            armed,
            armed ? "" : "Stopped",
            null,
            "",
            dump,
            CaptureEngine.ProcDump,
            true);
    board.publish(
        new PublishedSession(
            target.session(),
            target,
            configuration,
            "Deployment/checkout",
            "app",
            start,
            start.plus(Duration.ofHours(2))));
  }

  private CompletableFuture<HttpResponse<String>> post(String token, String path, byte[] body) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create("https://127.0.0.1:" + server.port() + path))
            .timeout(Duration.ofSeconds(60))
            .POST(BodyPublishers.ofByteArray(body));
    if (!token.isEmpty()) {
      request.header("Authorization", "Bearer " + token);
    }
    return http.sendAsync(request.build(), BodyHandlers.ofString());
  }

  private CompletableFuture<HttpResponse<String>> sync(String token, String hash, AgentState state)
      throws Exception {
    return post(
        token, AgentProtocol.SYNC, JSON.writeValueAsBytes(new SyncRequest("0.1.0", hash, state)));
  }

  private static AgentState state(boolean attached) {
    Instant now = Instant.now().truncatedTo(ChronoUnit.MILLIS);
    return new AgentState(
        attached ? AttachPhase.Attached : AttachPhase.WaitingForProcess,
        "",
        "",
        now,
        List.of(new WatchedProcess(1, "app.exe", now, true, attached, now, 2)),
        List.of(),
        0,
        1L << 30);
  }

  private static JsonNode json(HttpResponse<String> response) throws Exception {
    return JSON.readTree(response.body());
  }

  @Test
  void aSyncGetsTheConfigurationAtOnceWhenItHasAnother() throws Exception {
    publish(true);

    HttpResponse<String> answer = sync(token(injectedPod()), "", state(true)).join();

    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(json(answer).at("/configuration/armed").asBoolean()).isTrue();
    assertThat(json(answer).at("/configurationHash").asText()).isNotEmpty();
  }

  @Test
  void aWaitingSyncWakesWhenTheConfigurationChanges() throws Exception {
    publish(true);
    String token = token(injectedPod());
    String hash = json(sync(token, "", state(true)).join()).at("/configurationHash").asText();

    CompletableFuture<HttpResponse<String>> poll = sync(token, hash, state(true));
    await().atMost(SOON).until(() -> server.waiting() == 1);
    publish(true);
    assertThat(poll).as("the same configuration is no news").isNotDone();
    publish(false);

    assertThat(poll).succeedsWithin(SOON);
    assertThat(json(poll.join()).at("/configuration/disarmedReason").asText()).isEqualTo("Stopped");
  }

  @Test
  void aSecondSyncOfAPodEndsItsFirst() throws Exception {
    publish(true);
    String token = token(injectedPod());
    String hash = json(sync(token, "", state(true)).join()).at("/configurationHash").asText();

    CompletableFuture<HttpResponse<String>> first = sync(token, hash, state(true));
    await().atMost(SOON).until(() -> server.waiting() == 1);
    CompletableFuture<HttpResponse<String>> second = sync(token, hash, state(false));

    assertThat(first).succeedsWithin(SOON);
    assertThat(second).isNotDone();
  }

  @Test
  void aTokenOfAnotherAudienceIsNoIdentity() throws Exception {
    publish(true);
    Pod pod = injectedPod();

    assertThat(sync(token(pod, "https://kubernetes.default.svc"), "", null).join().statusCode())
        .isEqualTo(401);
    assertThat(sync("not-a-token", "", null).join().statusCode()).isEqualTo(401);
    assertThat(sync("", "", null).join().statusCode()).isEqualTo(401);
  }

  @Test
  void aTokenWithoutAPodIsRefused() throws Exception {
    publish(true);
    String token = plane.serviceAccountToken(namespace, "default", Names.AUDIENCE);

    assertThat(sync(token, "", null).join().statusCode()).isEqualTo(403);
  }

  @Test
  void aPodThatNoSessionInjectedIsRefused() throws Exception {
    publish(true);

    assertThat(sync(token(pod(Map.of("app", "web"))), "", null).join().statusCode()).isEqualTo(403);
  }

  @Test
  void aPodWhoseSessionIsNotPublishedYetComesBackLater() throws Exception {
    HttpResponse<String> answer = sync(token(injectedPod()), "", state(true)).join();

    assertThat(answer.statusCode()).isEqualTo(503);
    assertThat(answer.headers().firstValue("Retry-After")).contains("5");
  }

  @Test
  void aBodyBeyondTheLimitIsRefusedWhateverItHolds() throws Exception {
    publish(true);
    byte[] big = new byte[AgentProtocol.MESSAGE_LIMIT + 1];
    String token = token(injectedPod());

    assertThat(post(token, AgentProtocol.SYNC, big).join().statusCode()).isEqualTo(413);
    HttpRequest unannounced =
        HttpRequest.newBuilder(
                URI.create("https://127.0.0.1:" + server.port() + AgentProtocol.SYNC))
            .header("Authorization", "Bearer " + token)
            .POST(BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(big)))
            .build();
    assertThat(http.send(unannounced, BodyHandlers.ofString()).statusCode()).isEqualTo(413);
  }

  @Test
  void whatAnAgentSaysIsInTheRegistryAndOnItsPod() throws Exception {
    publish(true);
    Pod pod = injectedPod();
    String token = token(pod);

    sync(token, "", state(true)).join();

    assertThat(registry.of(pod.getMetadata().getUid()).orElseThrow().state().attached()).isTrue();
    PodCondition attached = condition(pod);
    assertThat(attached.getStatus()).isEqualTo("True");
    assertThat(attached.getReason()).isEqualTo("Attached");
    String version = version(pod);
    sync(token, "", state(true)).join();
    assertThat(version(pod)).as("written on change only").isEqualTo(version);

    sync(token, "", state(false)).join();

    assertThat(condition(pod).getStatus()).isEqualTo("False");
    assertThat(condition(pod).getReason()).isEqualTo("WaitingForProcess");
  }

  private PodCondition condition(Pod pod) {
    return plane.client().resource(pod).get().getStatus().getConditions().stream()
        .filter(c -> c.getType().equals(Names.POD_ATTACHED_CONDITION))
        .findFirst()
        .orElseThrow();
  }

  private String version(Pod pod) {
    return plane.client().resource(pod).get().getMetadata().getResourceVersion();
  }

  private DumpOffer offer(Pod pod, long pid, Instant crashTime) {
    Instant start = crashTime.minusSeconds(60);
    return new DumpOffer(
        CrashId.of(pod.getMetadata().getUid(), pid, start).value(),
        storage.run().id(),
        pid,
        "app.exe",
        start,
        crashTime,
        CrashKind.Crash,
        "0xC0000005",
        ExitCodeSource.AttachHelper,
        "0xC0000005",
        DumpType.Full,
        5000,
        Compression.None,
        false,
        JSON.createObjectNode().put("signature", "s1"),
        "10.0.20348");
  }

  private HttpResponse<String> post(String token, String path, Object body) throws Exception {
    return post(token, path, JSON.writeValueAsBytes(body)).join();
  }

  @Test
  void aDumpGoesFromOfferToStored() throws Exception {
    publish(true);
    Pod pod = injectedPod();
    String token = token(pod);
    DumpOffer offer = offer(pod, 7, clock.instant().minusSeconds(10));

    JsonNode grant = json(post(token, AgentProtocol.DUMPS, offer));
    assertThat(grant.at("/outcome").asText()).isEqualTo("Granted");
    upload(grant.at("/blob").asText());
    JsonNode verdict = complete(token, offer);

    assertThat(verdict.at("/outcome").asText()).isEqualTo("Stored");
    assertThat(json(post(token, AgentProtocol.DUMPS, offer)).at("/outcome").asText())
        .isEqualTo("AlreadyStored");
    assertThat(spoke).contains(storage.session());
    DumpOffer second = offer(pod, 8, clock.instant().minusSeconds(5));
    assertThat(json(post(token, AgentProtocol.DUMPS, second)).at("/reason").asText())
        .isEqualTo("BudgetUsed");
    try (StorageWatch watch = new StorageWatch(stores, clock, Duration.ofSeconds(1))) {
      watch.follow(storage, true);
      await().atMost(SOON).until(() -> watch.snapshot(storage.session()).isPresent());
      assertThat(watch.snapshot(storage.session()).orElseThrow().crashes())
          .extracting(c -> c.pid() + " " + c.dump() + " " + c.signature())
          .containsExactly("8 " + DumpState.Refused + " s1", "7 " + DumpState.Stored + " s1");
    }
  }

  private void upload(String blob) {
    azurite
        .client()
        .getBlobContainerClient(storage.storage().container())
        .getBlobClient(blob)
        .getBlockBlobClient()
        .uploadWithResponse(
            new BlockBlobSimpleUploadOptions(BinaryData.fromString("dump"))
                .setMetadata(Map.of("sha256", Samples.SHA)),
            null,
            null);
  }

  private JsonNode complete(String token, DumpOffer offer) throws Exception {
    return json(
        post(
            token,
            AgentProtocol.COMPLETE.replace("{crashId}", offer.crashId()),
            new DumpCompletion(4, 5000, Samples.SHA, null)));
  }

  @Test
  void aDumpThatWasOnItsWayWhenItsRunEndedIsStoredInThatRun() throws Exception {
    publish(true);
    Pod pod = injectedPod();
    String token = token(pod);
    DumpOffer offer = offer(pod, 7, clock.instant().minusSeconds(10));
    String blob = json(post(token, AgentProtocol.DUMPS, offer)).at("/blob").asText();
    StorageTarget next =
        new StorageTarget(
            storage.session(),
            storage.storage(),
            storage.layout(),
            new Run("fedcba987654", clock.instant(), clock.instant().plusSeconds(60)),
            1);
    publish(next, true, DumpSettings.DEFAULT, clock.instant());
    upload(blob);

    assertThat(json(post(token, AgentProtocol.DUMPS, offer)).at("/blob").asText())
        .as("a renewal after the run")
        .isEqualTo(blob);
    assertThat(complete(token, offer).at("/outcome").asText()).isEqualTo("Stored");
    DumpOffer inNextRun = offer(pod, 8, clock.instant().plusSeconds(1));
    assertThat(json(post(token, AgentProtocol.DUMPS, inNextRun)).at("/outcome").asText())
        .as("the next run has its own place")
        .isEqualTo("Granted");
  }

  @Test
  void anAbandonedDumpMakesRoomForTheNext() throws Exception {
    publish(true);
    Pod pod = injectedPod();
    String token = token(pod);
    DumpOffer offer = offer(pod, 7, clock.instant());
    post(token, AgentProtocol.DUMPS, offer);

    HttpResponse<String> answer =
        post(
            token,
            AgentProtocol.ABANDON.replace("{crashId}", offer.crashId()),
            new DumpAbandon("Unreadable", "disk error"));

    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(complete(token, offer).at("/outcome").asText()).isEqualTo("OfferAgain");
    DumpOffer next = offer(pod, 8, clock.instant());
    assertThat(json(post(token, AgentProtocol.DUMPS, next)).at("/outcome").asText())
        .isEqualTo("Granted");
  }

  @Test
  void anAnalysisIsKeptWithoutItsDumpWhereTheSessionWantsNoDump() throws Exception {
    publish(
        storage,
        true,
        new DumpSettings(DumpType.None, null, null, null, null),
        clock.instant().minus(Duration.ofHours(1)));
    Pod pod = injectedPod();
    String token = token(pod);

    JsonNode first = json(post(token, AgentProtocol.DUMPS, offer(pod, 7, clock.instant())));
    JsonNode second = json(post(token, AgentProtocol.DUMPS, offer(pod, 8, clock.instant())));

    assertThat(first.at("/reason").asText()).isEqualTo("NotWanted");
    assertThat(second.at("/reason").asText()).as("its place counts").isEqualTo("BudgetUsed");
  }

  @Test
  void aBrokenPathOrBodyIsABadRequest() throws Exception {
    publish(true);
    String token = token(injectedPod());
    byte[] nothing = "null".getBytes(StandardCharsets.UTF_8);

    assertThat(post(token, AgentProtocol.SYNC, nothing).join().statusCode()).isEqualTo(400);
    assertThat(post(token, AgentProtocol.DUMPS, new byte[] {1, 2}).join().statusCode())
        .isEqualTo(400);
    assertThat(
            post(token, AgentProtocol.COMPLETE.replace("{crashId}", "..%2fx"), nothing)
                .join()
                .statusCode())
        .isEqualTo(400);
    assertThat(post(token, "/agent/v1/other", nothing).join().statusCode()).isEqualTo(404);
  }

  @Test
  void aCrashOutsideTheWindowGetsNoPlace() throws Exception {
    publish(true);
    Pod pod = injectedPod();

    JsonNode decision =
        json(
            post(
                token(pod),
                AgentProtocol.DUMPS,
                offer(pod, 7, clock.instant().minus(Duration.ofHours(2)))));

    assertThat(decision.at("/outcome").asText()).isEqualTo("Refused");
    assertThat(decision.at("/reason").asText()).isEqualTo("WindowClosed");
  }

  @Test
  void aCrashIdOfAnotherPodIsRefused() throws Exception {
    publish(true);
    Pod pod = injectedPod();
    Pod other = injectedPod();

    HttpResponse<String> answer =
        post(token(pod), AgentProtocol.DUMPS, offer(other, 7, clock.instant()));

    assertThat(answer.statusCode()).isEqualTo(400);
    assertThat(answer.body()).contains("crashId");
  }

  @Test
  void aPodThatAsksForGrantsWithoutEndIsSlowedDown() throws Exception {
    publish(true);
    Pod pod = injectedPod();
    String token = token(pod);

    List<CompletableFuture<HttpResponse<String>>> answers = new ArrayList<>();
    for (int i = 0; i < 70; i++) {
      answers.add(post(token, AgentProtocol.DUMPS, "{}".getBytes(StandardCharsets.UTF_8)));
    }

    assertThat(answers).extracting(a -> a.join().statusCode()).contains(429, 400);
  }
}
