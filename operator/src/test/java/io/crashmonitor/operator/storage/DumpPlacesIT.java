package io.crashmonitor.operator.storage;

import static io.crashmonitor.operator.storage.Samples.NOON;
import static io.crashmonitor.operator.storage.Samples.POD_UID;
import static io.crashmonitor.operator.storage.Samples.SHA;
import static io.crashmonitor.operator.storage.Samples.crash;
import static io.crashmonitor.operator.storage.Samples.report;
import static io.crashmonitor.operator.storage.Samples.wish;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.azure.core.util.BinaryData;
import com.azure.storage.blob.BlobContainerClient;
import com.azure.storage.blob.models.BlobRequestConditions;
import com.azure.storage.blob.options.BlockBlobSimpleUploadOptions;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.crashmonitor.api.DumpState;
import io.crashmonitor.api.Run;
import io.crashmonitor.operator.MovableClock;
import io.crashmonitor.operator.storage.DumpPlaces.Arrival;
import io.crashmonitor.operator.storage.DumpPlaces.Placement;
import io.crashmonitor.report.BlobLayout;
import io.crashmonitor.report.DumpReport;
import io.crashmonitor.report.PreviousLog;
import io.crashmonitor.testbed.controlplane.Azurite;
import io.crashmonitor.testbed.controlplane.SharedAzurite;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The budget, the links and the reports on a real blob service. */
@ExtendWith(SharedAzurite.class)
class DumpPlacesIT {
  private final Azurite azurite;
  // Links are checked by the service's own clock, so time starts now here.
  private final MovableClock clock = new MovableClock(Clock.systemUTC().instant());
  private final String containerName = "c" + UUID.randomUUID();
  private BlobContainerClient container;
  private DumpStores stores;
  private DumpPlaces places;

  DumpPlacesIT(Azurite azurite) {
    this.azurite = azurite;
  }

  @BeforeEach
  void open() {
    container = azurite.client().getBlobContainerClient(containerName);
    stores = Samples.stores(Azurite.ACCOUNT, azurite.endpoint(), azurite.connectionString(), clock);
    places = new DumpPlaces(stores, clock);
  }

  private StorageTarget target(int maxDumps) {
    return Samples.target(Azurite.ACCOUNT, containerName, maxDumps);
  }

  private Placement place(StorageTarget target, int pid) {
    return places.place(target, wish(pid), blob -> report(pid, blob));
  }

  private Placement.Granted granted(StorageTarget target, int pid) {
    return (Placement.Granted) place(target, pid);
  }

  private void upload(String blob, String content, String sha256) {
    container
        .getBlobClient(blob)
        .getBlockBlobClient()
        .uploadWithResponse(
            new BlockBlobSimpleUploadOptions(BinaryData.fromString(content))
                .setMetadata(Map.of("sha256", sha256))
                .setRequestConditions(new BlobRequestConditions().setIfNoneMatch("*")),
            null,
            null);
  }

  private Arrival complete(StorageTarget target, int pid, long length, String sha256) {
    return places.complete(target, crash(pid), POD_UID, length, 1000, sha256, Optional.empty());
  }

  private Ledger ledger(StorageTarget target) {
    return stores.use(target, store -> LedgerStore.read(store, target));
  }

  private Map<String, String> reportMetadata(String blob) {
    return container.getBlobClient(BlobLayout.reportOf(blob)).getProperties().getMetadata();
  }

  @Test
  void twoOperatorsDecidingAtOnceNeverGiveMoreThanTheMaximum() throws Exception {
    StorageTarget target = target(5);
    DumpPlaces other =
        new DumpPlaces(
            Samples.stores(Azurite.ACCOUNT, azurite.endpoint(), azurite.connectionString(), clock),
            clock);
    ExecutorService threads = Executors.newFixedThreadPool(16);
    CountDownLatch start = new CountDownLatch(1);

    List<Future<Placement>> answers = new ArrayList<>();
    for (int i = 0; i < 24; i++) {
      DumpPlaces decider = i % 2 == 0 ? places : other;
      int pid = i;
      answers.add(
          threads.submit(
              () -> {
                start.await();
                return decider.place(target, wish(pid), blob -> report(pid, blob));
              }));
    }
    start.countDown();
    int grants = 0;
    for (Future<Placement> answer : answers) {
      if (answer.get() instanceof Placement.Granted) {
        grants++;
      }
    }
    threads.shutdownNow();

    assertThat(grants).isEqualTo(5);
    assertThat(ledger(target).placesUsed()).isEqualTo(5);
  }

  @Test
  void theSameCrashOfferedAgainKeepsItsPlaceAndGetsAFreshLink() {
    StorageTarget target = target(1);
    Placement.Granted first = granted(target, 7);

    clock.advance(Duration.ofMinutes(10));
    Placement.Granted second = granted(target, 7);

    assertThat(second.blob()).isEqualTo(first.blob());
    assertThat(second.expires()).isEqualTo(first.expires().plus(Duration.ofMinutes(10)));
    assertThat(ledger(target).placesUsed()).isEqualTo(1);
    assertThat(place(target, 8)).isInstanceOf(Placement.Full.class);
  }

  @Test
  void theNamesDayIsTheDayOfTheGrant() {
    assertThat(granted(target(1), 7).blob())
        .isEqualTo(
            "CrashDumps/c1/shop/deployment/checkout/"
                + clock.instant().toString().substring(0, 10)
                + "/web-1_app.exe_7_C0000005_20261122_120005.dmp.gz");
  }

  @Test
  void aNameThatIsTakenGetsASecondAdded() {
    StorageTarget earlierRun = target(1);
    String taken = granted(earlierRun, 7).blob();
    StorageTarget run =
        new StorageTarget(
            earlierRun.session(),
            earlierRun.storage(),
            earlierRun.layout(),
            new Run("fedcba987654", NOON, NOON.plusSeconds(3600)),
            1);

    String blob = granted(run, 7).blob();

    assertThat(blob).isEqualTo(taken.replace("_120005", "_120006"));
  }

  @Test
  void aLinkCreatesAndWritesThatOneBlobAndNothingElse() throws Exception {
    Placement.Granted grant = granted(target(1), 7);
    String other = grant.url().toString().replace("_7_C0000005", "_8_C0000005");

    assertThat(put(grant.url()).statusCode()).isEqualTo(201);
    assertThat(put(URI.create(other)).statusCode()).isEqualTo(403);
    assertThat(send(HttpRequest.newBuilder(grant.url()).GET()).statusCode()).isEqualTo(403);
    assertThat(send(HttpRequest.newBuilder(grant.url()).DELETE()).statusCode()).isEqualTo(403);
    assertThat(grant.toString()).doesNotContain("sig=");
  }

  private HttpResponse<String> put(URI url) throws IOException, InterruptedException {
    return send(
        HttpRequest.newBuilder(url)
            .header("x-ms-blob-type", "BlockBlob")
            .PUT(BodyPublishers.ofString("dump")));
  }

  private static HttpResponse<String> send(HttpRequest.Builder request)
      throws IOException, InterruptedException {
    return HttpClient.newHttpClient().send(request.build(), BodyHandlers.ofString());
  }

  @Test
  void theReportIsThereAtTheGrantAndKnowsTheDumpWhenItIsComplete() {
    StorageTarget target = target(2);
    String blob = granted(target, 7).blob();
    assertThat(reportMetadata(blob)).containsEntry("dump", "Uploading");

    upload(blob, "dump", SHA);

    assertThat(complete(target, 7, 4, SHA)).isEqualTo(Arrival.Stored);
    assertThat(reportMetadata(blob)).containsEntry("dump", "Stored");
    assertThat(ledger(target).entry(crash(7)).orElseThrow().state()).isEqualTo(Ledger.State.Stored);
    assertThat(complete(target, 7, 4, SHA)).as("a repeated word").isEqualTo(Arrival.Stored);
    assertThat(place(target, 7)).isEqualTo(new Placement.Settled(blob));
  }

  @Test
  void aDumpThatIsNotAsAnnouncedHasToComeAgain() {
    StorageTarget target = target(1);
    String blob = granted(target, 7).blob();

    assertThat(complete(target, 7, 4, SHA)).as("not there").isEqualTo(Arrival.Missing);
    upload(blob, "dump!", SHA);
    assertThat(complete(target, 7, 4, SHA)).as("too long").isEqualTo(Arrival.Missing);
    upload(blob, "dump", "cd".repeat(32));
    assertThat(complete(target, 7, 4, SHA)).as("another hash").isEqualTo(Arrival.Missing);
    upload(blob, "dump", SHA);
    assertThat(complete(target, 7, 4, SHA)).isEqualTo(Arrival.Stored);
  }

  @Test
  void aPodCannotCompleteOrAbandonTheDumpOfAnother() {
    StorageTarget target = target(1);
    upload(granted(target, 7).blob(), "dump", SHA);

    Arrival arrival =
        places.complete(target, crash(7), "another-pod", 4, 1000, SHA, Optional.empty());
    places.abandon(
        target, crash(7), Optional.of("another-pod"), DumpState.Lost, "none of its business");

    assertThat(arrival).isEqualTo(Arrival.NoGrant);
    assertThat(ledger(target).entry(crash(7)).orElseThrow().state())
        .isEqualTo(Ledger.State.Granted);
  }

  @Test
  void aDumpDeletedInStorageFreesItsPlace() {
    StorageTarget target = target(1);
    String blob = granted(target, 7).blob();
    upload(blob, "dump", SHA);
    complete(target, 7, 4, SHA);
    assertThat(place(target, 8)).isInstanceOf(Placement.Full.class);

    container.getBlobClient(blob).delete();
    clock.advance(Duration.ofSeconds(10));

    assertThat(place(target, 8)).isInstanceOf(Placement.Granted.class);
    assertThat(place(target, 7)).as("it does not come back").isEqualTo(new Placement.Settled(blob));
  }

  @Test
  void aGrantEndsHalfAnHourAfterItsLastLinkAndItsCrashIsLost() {
    StorageTarget target = target(1);
    String blob = granted(target, 7).blob();

    clock.advance(Duration.ofMinutes(89));
    assertThat(place(target, 8)).isInstanceOf(Placement.Full.class);
    clock.advance(Duration.ofMinutes(2));

    assertThat(place(target, 8)).isInstanceOf(Placement.Granted.class);
    assertThat(reportMetadata(blob)).containsEntry("dump", "Lost").doesNotContainKey("blob");
    assertThat(complete(target, 7, 4, SHA)).isEqualTo(Arrival.NoGrant);
  }

  @Test
  void aGrantDoesNotEndWhereTheDumpIsThere() {
    StorageTarget target = target(1);
    String blob = granted(target, 7).blob();
    upload(blob, "dump", SHA);

    clock.advance(Duration.ofMinutes(91));

    assertThat(place(target, 8)).isInstanceOf(Placement.Full.class);
    assertThat(reportMetadata(blob)).containsEntry("dump", "Stored");
  }

  @Test
  void anAbandonedDumpFreesItsPlaceUnlessItIsThere() {
    StorageTarget target = target(2);
    String gone = granted(target, 7).blob();
    String there = granted(target, 8).blob();
    upload(there, "dump", SHA);

    places.abandon(target, crash(7), Optional.of(POD_UID), DumpState.Truncated, "cut");
    places.abandon(target, crash(8), Optional.of(POD_UID), DumpState.Truncated, "cut");

    assertThat(reportMetadata(gone)).containsEntry("dump", "Truncated");
    assertThat(reportMetadata(there)).containsEntry("dump", "Stored");
    assertThat(ledger(target).placesUsed()).isEqualTo(1);
  }

  @Test
  void anAnalysisTakesAPlaceUntilItsReportIsDeleted() {
    StorageTarget target = target(1);
    DumpPlaces.Wish wish = new DumpPlaces.Wish(crash(7), POD_UID, Samples.name(7), true);
    Placement.Settled settled =
        (Placement.Settled) places.place(target, wish, blob -> report(7, DumpState.None, null));
    assertThat(place(target, 8)).isInstanceOf(Placement.Full.class);

    container.getBlobClient(BlobLayout.reportOf(settled.blob())).delete();
    clock.advance(Duration.ofSeconds(10));

    assertThat(place(target, 8)).isInstanceOf(Placement.Granted.class);
  }

  @Test
  void crashesWithoutDumpAreReportedOnceAndBeyondTheLimitOnlyCounted() {
    StorageTarget target = target(1);
    DumpReport report = report(7, DumpState.None, null);
    places.record(target, crash(7), Samples.name(7), report);
    places.record(target, crash(7), Samples.name(7), report);

    stores.use(
        target,
        store ->
            LedgerStore.decide(
                store,
                target,
                ledger -> {
                  Ledger full = ledger;
                  for (int i = 0; i < Ledger.NOTE_LIMIT; i++) {
                    int pid = 1000 + i;
                    full =
                        full.noted(
                            crash(pid), s -> "x/p_a_" + pid + "_00000000.dmp", report2 -> false);
                  }
                  return new LedgerStore.Outcome<>(full, full);
                }));
    places.record(target, crash(8), Samples.name(8), report(8, DumpState.None, null));

    long reports =
        container.listBlobs().stream().filter(b -> b.getName().startsWith("CrashDumps/")).count();
    assertThat(reports).isEqualTo(1);
    assertThat(ledger(target).counted()).contains(crash(8).value());
  }

  @Test
  void aDumpThatComesAfterItsCrashWasReportedJoinsThatReport() {
    StorageTarget target = target(1);
    places.record(target, crash(7), Samples.name(7), report(7, DumpState.None, null));

    String blob = granted(target, 7).blob();

    assertThat(container.listBlobs().stream().filter(b -> b.getName().endsWith(".dmp.json")))
        .hasSize(1);
    assertThat(reportMetadata(blob)).containsEntry("dump", "Uploading");
    assertThat(ledger(target).notes()).isEmpty();
  }

  @Test
  void theContainersLogJoinsTheReportOnce() throws Exception {
    StorageTarget target = target(1);
    String blob = granted(target, 7).blob();
    JsonNode exception =
        new JsonMapper().readTree("[{\"type\":\"Shop.NoStock\",\"message\":\"none\"}]");

    places.addLog(target, crash(7), new PreviousLog(List.of("bye"), true), Optional.of(exception));
    places.addLog(target, crash(7), new PreviousLog(List.of("other"), true), Optional.empty());
    places.addLog(target, crash(8), new PreviousLog(List.of("x"), true), Optional.empty());

    assertThat(reportMetadata(blob))
        .containsEntry("logged", "true")
        .containsEntry("exceptionsource", "PreviousLog")
        .containsEntry("exception", "Shop.NoStock: none");
    JsonNode report =
        new JsonMapper()
            .readTree(
                container.getBlobClient(BlobLayout.reportOf(blob)).downloadContent().toBytes());
    assertThat(report.at("/previousLog/lines/0").asText()).isEqualTo("bye");
  }

  @Test
  void aLedgerThatCannotBeReadIsNeverBegunAnew() {
    StorageTarget target = target(1);
    granted(target, 7);
    container
        .getBlobClient(target.ledger())
        .upload(BinaryData.fromString("{\"version\": 2}"), true);

    assertThatThrownBy(() -> place(target, 8))
        .isInstanceOf(StorageFaultException.class)
        .hasMessageContaining(target.ledger());
  }
}
