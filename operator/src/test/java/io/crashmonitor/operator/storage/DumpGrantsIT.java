package io.crashmonitor.operator.storage;

import static io.crashmonitor.operator.storage.Samples.NOON;
import static io.crashmonitor.operator.storage.Samples.report;
import static io.crashmonitor.operator.storage.Samples.wish;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.azure.core.util.BinaryData;
import io.crashmonitor.api.Run;
import io.crashmonitor.operator.storage.DumpPlaces.Placement;
import io.crashmonitor.testbed.controlplane.Azurite;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

/** Places are given exactly, each with a name and a link of its own. */
class DumpGrantsIT extends PlacesInStorage {
  DumpGrantsIT(Azurite azurite) {
    super(azurite);
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
