package io.crashmonitor.operator.storage;

import static io.crashmonitor.operator.storage.Samples.POD_UID;
import static io.crashmonitor.operator.storage.Samples.SHA;
import static io.crashmonitor.operator.storage.Samples.crash;
import static io.crashmonitor.operator.storage.Samples.report;
import static io.crashmonitor.operator.storage.Samples.wish;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.azure.core.util.BinaryData;
import com.azure.storage.blob.BlobContainerClient;
import com.azure.storage.blob.models.BlobItem;
import com.azure.storage.blob.options.BlockBlobSimpleUploadOptions;
import io.crashmonitor.api.DumpState;
import io.crashmonitor.operator.MovableClock;
import io.crashmonitor.operator.storage.DumpPlaces.Arrival;
import io.crashmonitor.operator.storage.DumpPlaces.Placement;
import io.crashmonitor.operator.storage.FaultyStorage.Fault;
import io.crashmonitor.report.BlobLayout;
import io.crashmonitor.testbed.controlplane.Azurite;
import io.crashmonitor.testbed.controlplane.SharedAzurite;
import java.time.Clock;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Storage that is away, slow to agree or refuses: places stay exact, and nothing known is lost. */
@ExtendWith(SharedAzurite.class)
class StorageFaultsIT {
  private static final Duration SOON = Duration.ofSeconds(60);

  /** An agent tries for as long as its pod lives; here each fault passes. */
  private static final int TRIES = 5;

  private final Azurite azurite;
  private final MovableClock clock = new MovableClock(Clock.systemUTC().instant());
  private final StorageTarget target = Samples.target(Azurite.ACCOUNT, "c" + UUID.randomUUID(), 20);
  private BlobContainerClient container;
  private FaultyStorage storage;
  private DumpStores stores;
  private DumpPlaces places;

  StorageFaultsIT(Azurite azurite) {
    this.azurite = azurite;
  }

  @BeforeEach
  void open() {
    container = azurite.client().getBlobContainerClient(target.storage().container());
    storage = new FaultyStorage(azurite.endpoint());
    stores =
        Samples.stores(
            Azurite.ACCOUNT,
            storage.endpoint(),
            azurite.connectionString().replace(azurite.endpoint(), storage.endpoint()),
            clock);
    places = new DumpPlaces(stores, clock);
  }

  @AfterEach
  void close() {
    storage.close();
  }

  /** As the agent does: what failed because of storage is asked again. */
  private static <T> T persistently(Supplier<T> request) {
    for (int i = 1; ; i++) {
      try {
        return request.get();
      } catch (StorageFaultException e) {
        if (i == TRIES) {
          throw e;
        }
      }
    }
  }

  private Placement place(int pid) {
    return places.place(target, wish(pid), blob -> report(pid, blob));
  }

  private Arrival complete(int pid) {
    return places.complete(target, crash(pid), POD_UID, 4, 1000, SHA, Optional.empty());
  }

  private void upload(String blob) {
    container
        .getBlobClient(blob)
        .getBlockBlobClient()
        .uploadWithResponse(
            new BlockBlobSimpleUploadOptions(BinaryData.fromString("dump"))
                .setMetadata(Map.of("sha256", SHA)),
            null,
            null);
  }

  private Ledger ledger() {
    return stores.use(target, store -> LedgerStore.read(store, target));
  }

  private List<String> reports() {
    return container.listBlobs().stream()
        .map(BlobItem::getName)
        .filter(name -> name.endsWith(".dmp.json"))
        .toList();
  }

  @ParameterizedTest
  @EnumSource(
      value = Fault.class,
      mode = EnumSource.Mode.EXCLUDE,
      names = {"NONE"})
  void aDumpHasOnePlaceAndOneReportWhicheverRequestFails(Fault fault) {
    ledger();
    // Reading, deciding and reporting are four requests; then a fault comes too late.
    for (int failing = 1; failing <= 4; failing++) {
      int now = failing;
      storage.fail(number -> number == now ? fault : Fault.NONE);

      Placement placement = persistently(() -> place(now));
      assertThat(placement).isInstanceOf(Placement.Granted.class);
      upload(((Placement.Granted) placement).blob());
      storage.fail(number -> number == now ? fault : Fault.NONE);

      assertThat(persistently(() -> complete(now))).isEqualTo(Arrival.Stored);
    }

    storage.fail(number -> Fault.NONE);
    assertThat(ledger().entries())
        .hasSize(4)
        .allMatch(entry -> entry.state() == Ledger.State.Stored);
    assertThat(reports())
        .hasSize(4)
        .allSatisfy(
            name ->
                assertThat(container.getBlobClient(name).getProperties().getMetadata())
                    .containsEntry("dump", "Stored"));
  }

  @ParameterizedTest
  @EnumSource(
      value = Fault.class,
      names = {"FORBIDDEN", "CONFLICT", "BUSY", "CUT"})
  void whileStorageIsAwayWhatWasKnownStaysAndItsReturnIsSeen(Fault fault) {
    upload(((Placement.Granted) place(1)).blob());
    complete(1);
    try (StorageWatch watch = new StorageWatch(stores, clock, Duration.ofMillis(50))) {
      watch.follow(target, true);
      await().atMost(SOON).until(() -> sees(watch, 1, false));

      storage.fail(number -> fault);
      await().atMost(SOON).until(() -> sees(watch, 1, true));
      new DumpPlaces(
              Samples.stores(
                  Azurite.ACCOUNT, azurite.endpoint(), azurite.connectionString(), clock),
              clock)
          .place(target, wish(2), blob -> report(2, blob));
      storage.fail(number -> Fault.NONE);

      await().atMost(SOON).until(() -> sees(watch, 2, false));
    }
  }

  private boolean sees(StorageWatch watch, int crashes, boolean faulty) {
    return watch
        .snapshot(target.session())
        .filter(s -> s.crashes().size() == crashes && s.fault().isPresent() == faulty)
        .isPresent();
  }

  private StorageSnapshot reading() {
    return stores.use(
        target, store -> StorageReading.read(store, target, new HashSet<>(), clock.instant()));
  }

  @Test
  void afterHoursAwayAnUploadTakesItsPlaceUpAgainUnderItsName() {
    Placement.Granted granted = (Placement.Granted) place(1);
    clock.advance(Duration.ofMinutes(61));
    Placement.Granted renewed = (Placement.Granted) place(1);
    assertThat(renewed.blob()).as("away for an hour").isEqualTo(granted.blob());
    assertThat(renewed.expires()).isAfter(granted.expires());

    clock.advance(Duration.ofHours(5));
    reading();
    StorageSnapshot given = reading();
    assertThat(given.ledgerPlacesUsed()).as("others may have the place meanwhile").isZero();
    assertThat(given.crashes()).extracting(StoredCrash::dump).containsExactly(DumpState.Lost);

    Placement.Granted again = (Placement.Granted) place(1);
    upload(again.blob());
    assertThat(complete(1)).isEqualTo(Arrival.Stored);
    assertThat(again.blob()).isEqualTo(granted.blob());
    assertThat(
            container
                .getBlobClient(BlobLayout.reportOf(again.blob()))
                .getProperties()
                .getMetadata())
        .containsEntry("dump", "Stored")
        .containsEntry("blob", again.blob());
  }
}
