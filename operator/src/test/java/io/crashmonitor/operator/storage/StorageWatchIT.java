package io.crashmonitor.operator.storage;

import static io.crashmonitor.operator.storage.Samples.POD_UID;
import static io.crashmonitor.operator.storage.Samples.SHA;
import static io.crashmonitor.operator.storage.Samples.crash;
import static io.crashmonitor.operator.storage.Samples.report;
import static io.crashmonitor.operator.storage.Samples.wish;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.azure.core.util.BinaryData;
import com.azure.storage.blob.BlobContainerClient;
import com.azure.storage.blob.options.BlockBlobSimpleUploadOptions;
import io.crashmonitor.api.AzureBlobStorage;
import io.crashmonitor.api.DumpState;
import io.crashmonitor.api.Run;
import io.crashmonitor.api.SecretRef;
import io.crashmonitor.api.StorageAuth;
import io.crashmonitor.operator.MovableClock;
import io.crashmonitor.operator.storage.DumpPlaces.Placement;
import io.crashmonitor.report.BlobLayout;
import io.crashmonitor.report.ExitCode;
import io.crashmonitor.report.ExitCodeSource;
import io.crashmonitor.testbed.controlplane.Azurite;
import io.crashmonitor.testbed.controlplane.SharedAzurite;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What lies in storage becomes crashes, and comes back into reports. */
@ExtendWith(SharedAzurite.class)
class StorageWatchIT {
  private static final Duration SOON = Duration.ofSeconds(20);

  private final Azurite azurite;
  private final MovableClock clock = new MovableClock(Clock.systemUTC().instant());
  private final List<ResourceKey> changes = new CopyOnWriteArrayList<>();
  private StorageTarget target;
  private BlobContainerClient container;
  private DumpPlaces places;
  private StorageWatch watch;
  private StorageCrashRecorder recorder;

  StorageWatchIT(Azurite azurite) {
    this.azurite = azurite;
  }

  @BeforeEach
  void open() {
    target = Samples.target(Azurite.ACCOUNT, "c" + UUID.randomUUID(), 3);
    container = azurite.client().getBlobContainerClient(target.storage().container());
    DumpStores stores =
        Samples.stores(Azurite.ACCOUNT, azurite.endpoint(), azurite.connectionString(), clock);
    places = new DumpPlaces(stores, clock);
    watch = new StorageWatch(stores, clock, Duration.ofMillis(200));
    watch.onChange(changes::add);
    recorder = new StorageCrashRecorder(places, watch);
  }

  @AfterEach
  void close() {
    recorder.close();
    watch.close();
  }

  private String grant(int pid) {
    Placement placement = places.place(target, wish(pid), blob -> report(pid, blob));
    return ((Placement.Granted) placement).blob();
  }

  private String store(int pid) {
    String blob = grant(pid);
    container
        .getBlobClient(blob)
        .getBlockBlobClient()
        .uploadWithResponse(
            new BlockBlobSimpleUploadOptions(BinaryData.fromString("dump"))
                .setMetadata(Map.of("sha256", SHA)),
            null,
            null);
    places.complete(target, crash(pid), POD_UID, 4, 1000, SHA, Optional.empty());
    return blob;
  }

  private StorageSnapshot sees(Predicate<StorageSnapshot> what) {
    return await()
        .atMost(SOON)
        .until(() -> watch.snapshot(target.session()), s -> s.filter(what).isPresent())
        .orElseThrow();
  }

  private static Predicate<StorageSnapshot> dumps(DumpState... states) {
    return s -> s.crashes().stream().map(StoredCrash::dump).toList().equals(List.of(states));
  }

  @Test
  void beforeTheFirstReadingNothingIsKnown() {
    assertThat(watch.snapshot(target.session())).isEmpty();
  }

  @Test
  void aCrashIsSeenFromItsGrantOnAndItsDumpWhenItIsStored() {
    String blob = grant(7);
    watch.follow(target, true);
    StorageSnapshot first = sees(dumps(DumpState.Uploading));
    assertThat(first.ledgerPlacesUsed()).isEqualTo(1);
    assertThat(first.crashes().get(0).blob()).contains(blob);

    store(7);

    assertThat(sees(dumps(DumpState.Stored)).fault()).isEmpty();
  }

  @Test
  void aDumpDeletedInStorageLeavesTheSnapshotAndFreesItsPlace() {
    String blob = store(7);
    watch.follow(target, true);
    sees(dumps(DumpState.Stored));

    container.getBlobClient(blob).delete();

    assertThat(sees(s -> s.crashes().isEmpty()).ledgerPlacesUsed()).isZero();
  }

  @Test
  void aDumpThatIsPutBackIsSeenAgainAndTakesItsPlace() {
    String blob = store(7);
    watch.follow(target, true);
    sees(dumps(DumpState.Stored));
    container.getBlobClient(blob).delete();
    sees(s -> s.crashes().isEmpty() && s.ledgerPlacesUsed() == 0);

    container.getBlobClient(blob).upload(BinaryData.fromString("dump"));

    assertThat(sees(dumps(DumpState.Stored)).ledgerPlacesUsed()).isEqualTo(1);
  }

  @Test
  void aDumpWhoseReportWasDeletedKeepsItsPlaceAndGetsAnother() {
    String blob = store(7);
    watch.follow(target, true);
    sees(dumps(DumpState.Stored));
    List<Integer> seen = new CopyOnWriteArrayList<>();
    watch.onChange(session -> watch.snapshot(session).ifPresent(s -> seen.add(s.crashes().size())));

    container.getBlobClient(BlobLayout.reportOf(blob)).delete();

    await().atMost(SOON).until(container.getBlobClient(BlobLayout.reportOf(blob))::exists);
    StorageSnapshot snapshot = sees(s -> s.crashes().stream().noneMatch(StoredCrash::analysed));
    assertThat(snapshot.ledgerPlacesUsed()).isEqualTo(1);
    assertThat(snapshot.crashes())
        .singleElement()
        .returns(crash(7), StoredCrash::id)
        .returns(DumpState.Stored, StoredCrash::dump)
        .returns("web-1", StoredCrash::pod)
        .returns("0xC0000005", c -> c.exitCode().code());
    assertThat(seen).as("never seen without it").doesNotContain(0);
  }

  @Test
  void anotherAccountThatDoesNotAnswerShowsNothingOfTheOneBefore() {
    store(7);
    watch.follow(target, true);
    sees(dumps(DumpState.Stored));
    AzureBlobStorage other =
        new AzureBlobStorage(
            target.storage().account(),
            target.storage().cloud(),
            "other",
            "",
            new StorageAuth(new SecretRef("another"), null));

    watch.follow(
        new StorageTarget(target.session(), other, target.layout(), target.run(), 3), true);

    StorageSnapshot faulty = sees(s -> s.fault().isPresent());
    assertThat(faulty.crashes()).isEmpty();
    assertThat(faulty.ledgerPlacesUsed()).isZero();
  }

  @Test
  void listenersHearOfChangesOnly() {
    watch.follow(target, true);
    sees(s -> s.crashes().isEmpty());
    await().atMost(SOON).until(() -> changes.size() == 1);
    StorageSnapshot first = watch.snapshot(target.session()).orElseThrow();
    clock.advance(Duration.ofSeconds(5));
    sees(s -> s.at().isAfter(first.at()));
    clock.advance(Duration.ofSeconds(5));
    sees(s -> s.at().isAfter(first.at().plusSeconds(6)));
    assertThat(changes).containsExactly(target.session());

    grant(7);

    await().atMost(SOON).until(() -> changes.size() == 2);
  }

  @Test
  void aSessionThatIsForgottenIsReadNoMore() {
    watch.follow(target, true);
    sees(s -> s.crashes().isEmpty());

    watch.forget(target.session());

    assertThat(watch.snapshot(target.session())).isEmpty();
  }

  @Test
  void aMissingSecretIsAFaultAndWhatWasKnownStays() {
    StorageTarget elsewhere =
        new StorageTarget(
            new ResourceKey("another-namespace", "checkout", target.session().uid()),
            target.storage(),
            target.layout(),
            target.run(),
            3);
    store(7);
    watch.follow(target, true);
    sees(dumps(DumpState.Stored));

    clock.advance(Duration.ofMinutes(6));
    watch.follow(elsewhere, true);

    StorageSnapshot faulty = sees(s -> s.fault().isPresent());
    assertThat(faulty.fault()).contains(new StorageFault.SecretNotFound("shopdumps"));
    assertThat(faulty.crashes()).hasSize(1);
    assertThat(faulty.ledgerPlacesUsed()).isEqualTo(1);
  }

  @Test
  void aDumpOfAnEndedRunIsWhatLiesInStorage() {
    String there = grant(7);
    container.getBlobClient(there).upload(BinaryData.fromString("dump"));
    grant(8);
    StorageTarget next =
        new StorageTarget(
            target.session(),
            target.storage(),
            target.layout(),
            new Run("fedcba987654", clock.instant(), clock.instant().plusSeconds(60)),
            3);

    watch.follow(next, true);

    StorageSnapshot snapshot = sees(s -> s.crashes().size() == 2);
    assertThat(snapshot.crashes())
        .extracting(c -> c.pid() + " " + c.dump())
        .containsExactlyInAnyOrder("7 Stored", "8 Lost");
    assertThat(snapshot.ledgerPlacesUsed()).isZero();
  }

  @Test
  void aCrashWithoutDumpIsRecordedOnce() {
    watch.follow(target, true);

    for (int i = 0; i < 3; i++) {
      recorder.recordWithoutDump(target, report(7, DumpState.None, null));
    }

    assertThat(sees(dumps(DumpState.None)).ledgerPlacesUsed()).isZero();
  }

  @Test
  void aTerminationJoinsTheReportOfItsCrash() {
    store(7);
    watch.follow(target, true);

    recorder.joinTermination(target, crash(7), new ExitCode(0xC0000409), ExitCodeSource.Kubelet, 2);

    StoredCrash joined =
        sees(s -> s.crashes().stream().anyMatch(c -> c.restartCount().isPresent()))
            .crashes()
            .get(0);
    assertThat(joined.restartCount()).contains(2);
    assertThat(joined.exitCode().code()).isEqualTo("0xC0000409");
    assertThat(joined.dump()).isEqualTo(DumpState.Stored);
  }

  @Test
  void aLostDumpFreesItsPlaceAndAStoredOneIsNotLost() {
    grant(7);
    store(8);
    watch.follow(target, true);

    recorder.markLost(target, crash(7), "the pod is gone");
    recorder.markLost(target, crash(8), "the pod is gone");

    StorageSnapshot snapshot =
        sees(s -> s.crashes().stream().anyMatch(c -> c.dump() == DumpState.Lost));
    assertThat(snapshot.crashes())
        .extracting(c -> c.pid() + " " + c.dump())
        .containsExactlyInAnyOrder("7 Lost", "8 Stored");
    assertThat(sees(s -> s.ledgerPlacesUsed() == 1)).isNotNull();
  }

  @Test
  void aContainerThatWasDeletedIsMadeAgain() {
    watch.follow(target, true);
    sees(s -> s.fault().isEmpty());

    container.delete();

    await().atMost(SOON).until(container::exists);
    assertThat(sees(s -> s.fault().isEmpty()).crashes()).isEmpty();
  }

  @Test
  void aKeyThatIsRefusedIsADeniedFault() {
    String wrong = azurite.connectionString().replaceAll("AccountKey=[^;]*", "AccountKey=d3Jvbmc=");
    DumpStores stores = Samples.stores(Azurite.ACCOUNT, azurite.endpoint(), wrong, clock);
    try (StorageWatch denied = new StorageWatch(stores, clock, Duration.ofSeconds(1))) {
      denied.follow(target, true);

      await()
          .atMost(SOON)
          .untilAsserted(
              () ->
                  assertThat(denied.snapshot(target.session()).flatMap(StorageSnapshot::fault))
                      .get()
                      .isInstanceOf(StorageFault.Denied.class)
                      .extracting(StorageFault::message)
                      .asString()
                      .doesNotContain("d3Jvbmc="));
    }
  }

  @Test
  void aLongHistoryIsReadDayByDayNewestFirstAndTheCurrentRunWhole() {
    clock.advance(Duration.ofDays(-3));
    String oldest = grant(1);
    clock.advance(Duration.ofDays(1));
    grant(2);
    clock.advance(Duration.ofDays(2));
    grant(3);
    StorageTarget today =
        new StorageTarget(
            target.session(),
            target.storage(),
            target.layout(),
            new Run(target.run().id(), clock.instant(), clock.instant().plusSeconds(60)),
            3);

    StorageSnapshot snapshot =
        Samples.stores(Azurite.ACCOUNT, azurite.endpoint(), azurite.connectionString(), clock)
            .use(
                today,
                store -> StorageReading.read(store, today, new HashSet<>(), clock.instant(), 2));

    assertThat(oldest).isNotEmpty();
    assertThat(snapshot.crashes()).extracting(StoredCrash::pid).containsExactlyInAnyOrder(2L, 3L);
  }

  @Test
  void aRotatedKeyIsReadAgainAtOnceAndElseEveryFiveMinutes() {
    AtomicInteger reads = new AtomicInteger();
    AtomicReference<String> secret =
        new AtomicReference<>(
            azurite.connectionString().replaceAll("AccountKey=[^;]*", "AccountKey=d3Jvbmc="));
    AzureDumpStores stores =
        new AzureDumpStores(
            (namespace, name) -> {
              reads.incrementAndGet();
              return Optional.of(
                  Map.of("connectionString", secret.get().getBytes(StandardCharsets.UTF_8)));
            },
            BlobEndpoints.parse(Azurite.ACCOUNT + "=" + azurite.endpoint()),
            clock);
    assertThatThrownBy(() -> stores.use(target, store -> store.stat("x")))
        .isInstanceOf(StorageFaultException.class);

    secret.set(azurite.connectionString());
    Optional<DumpStore.Facts> nothing = stores.use(target, store -> store.stat("x"));
    assertThat(nothing).isEmpty();
    int afterRotation = reads.get();
    clock.advance(AzureDumpStores.SECRET_LIFE.minusSeconds(1));
    stores.use(target, store -> store.stat("x"));
    assertThat(reads).hasValue(afterRotation);
    clock.advance(Duration.ofSeconds(1));
    stores.use(target, store -> store.stat("x"));
    assertThat(reads).hasValue(afterRotation + 1);
  }
}
