package io.crashmonitor.operator.agent;

import com.azure.core.util.BinaryData;
import com.azure.storage.blob.models.BlobItem;
import com.azure.storage.blob.options.BlockBlobSimpleUploadOptions;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.crashmonitor.agent.AgentProtocol;
import io.crashmonitor.agent.AgentState;
import io.crashmonitor.agent.AttachPhase;
import io.crashmonitor.agent.DumpCompletion;
import io.crashmonitor.agent.DumpOffer;
import io.crashmonitor.agent.SessionConfiguration;
import io.crashmonitor.agent.SyncRequest;
import io.crashmonitor.agent.WatchedProcess;
import io.crashmonitor.api.CaptureEngine;
import io.crashmonitor.api.Compression;
import io.crashmonitor.api.CrashKind;
import io.crashmonitor.api.DumpSettings;
import io.crashmonitor.api.DumpType;
import io.crashmonitor.api.Names;
import io.crashmonitor.api.Run;
import io.crashmonitor.operator.ShippedRole;
import io.crashmonitor.operator.storage.DumpPlaces;
import io.crashmonitor.operator.storage.DumpStores;
import io.crashmonitor.operator.storage.ResourceKey;
import io.crashmonitor.operator.storage.Samples;
import io.crashmonitor.operator.storage.StorageTarget;
import io.crashmonitor.report.CrashId;
import io.crashmonitor.report.ExitCodeSource;
import io.crashmonitor.testbed.controlplane.Azurite;
import io.crashmonitor.testbed.controlplane.ControlPlane;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.authentication.TokenRequest;
import io.fabric8.kubernetes.api.model.authentication.TokenRequestBuilder;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * The endpoint as agents meet it: over HTTPS, with tokens of a real API server, in a namespace,
 * with a session and with a place in storage of its own.
 */
final class AgentEndpoint implements AutoCloseable {
  static final JsonMapper JSON = AgentProtocol.mapper();
  static final Duration SOON = Duration.ofSeconds(60);

  final ControlPlane plane;
  final Clock clock = Clock.systemUTC();
  final SessionBoard board = new SessionBoard();
  final AgentRegistry registry = new AgentRegistry(clock);
  final List<ResourceKey> spoke = new CopyOnWriteArrayList<>();
  final String namespace;
  final StorageTarget storage;
  final DumpStores stores;
  final AgentServer server;
  final HttpClient http;
  private final Azurite azurite;

  /** With one place for a dump. */
  AgentEndpoint(ControlPlane plane, Azurite azurite) {
    this.plane = plane;
    this.azurite = azurite;
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
                ShippedRole.client(plane, "crash-monitor-agents-" + namespace),
                board,
                registry,
                new DumpPlaces(stores, clock),
                spoke::add,
                clock,
                // Longer than any wait: what ends sooner was ended.
                SOON.plusSeconds(40)),
            certificates,
            0);
    http = HttpClient.newBuilder().sslContext(Trust.in(certificates.caPem())).build();
  }

  @Override
  public void close() {
    server.close();
  }

  String sessionUid() {
    return storage.session().uid();
  }

  Pod pod(Map<String, String> labels) {
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
                // Nobody else writes it.
                .withSchedulerName("nobody")
                .addNewContainer()
                .withName("app")
                .withImage("shop/checkout:1")
                .endContainer()
                .endSpec()
                .build())
        .create();
  }

  Pod injectedPod() {
    return pod(Map.of(Names.SESSION_UID_LABEL, sessionUid()));
  }

  String token(Pod pod, String audience) {
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

  String token(Pod pod) {
    return token(pod, Names.AUDIENCE);
  }

  void publish(boolean armed) {
    publish(storage, armed, DumpSettings.DEFAULT, clock.instant().minus(Duration.ofHours(1)));
  }

  void publish(
      StorageTarget target, boolean armed, DumpSettings dump, Instant start, Run... earlier) {
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
            start.plus(Duration.ofHours(2)),
            List.of(earlier)));
  }

  CompletableFuture<HttpResponse<String>> post(String token, String path, byte[] body) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create("https://127.0.0.1:" + server.port() + path))
            .timeout(Duration.ofSeconds(60))
            .POST(BodyPublishers.ofByteArray(body));
    if (!token.isEmpty()) {
      request.header("Authorization", "Bearer " + token);
    }
    return http.sendAsync(request.build(), BodyHandlers.ofString());
  }

  CompletableFuture<HttpResponse<String>> sync(String token, String hash, AgentState state)
      throws Exception {
    return post(
        token, AgentProtocol.SYNC, JSON.writeValueAsBytes(new SyncRequest("0.1.0", hash, state)));
  }

  static AgentState state(boolean attached) {
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

  static JsonNode json(HttpResponse<String> response) throws Exception {
    return JSON.readTree(response.body());
  }

  DumpOffer offer(Pod pod, long pid, Instant crashTime) {
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

  HttpResponse<String> post(String token, String path, Object body) throws Exception {
    return post(token, path, JSON.writeValueAsBytes(body)).join();
  }

  List<String> blobs() {
    return azurite
        .client()
        .getBlobContainerClient(storage.storage().container())
        .listBlobs()
        .stream()
        .map(BlobItem::getName)
        .toList();
  }

  void upload(String blob) {
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

  JsonNode complete(String token, DumpOffer offer) throws Exception {
    return json(
        post(
            token,
            AgentProtocol.COMPLETE.replace("{crashId}", offer.crashId()),
            new DumpCompletion(4, 5000, Samples.SHA, null)));
  }
}
