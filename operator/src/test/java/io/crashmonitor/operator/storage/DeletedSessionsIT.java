package io.crashmonitor.operator.storage;

import static io.crashmonitor.operator.storage.Samples.report;
import static io.crashmonitor.operator.storage.Samples.wish;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.azure.core.util.BinaryData;
import com.azure.storage.blob.BlobContainerClient;
import io.crashmonitor.api.AzureBlobStorage;
import io.crashmonitor.api.Run;
import io.crashmonitor.operator.MovableClock;
import io.crashmonitor.operator.storage.DumpPlaces.Placement;
import io.crashmonitor.report.BlobLayout;
import io.crashmonitor.testbed.controlplane.Azurite;
import io.crashmonitor.testbed.controlplane.SharedAzurite;
import java.time.Clock;
import java.time.Duration;
import java.util.HashSet;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** No report says for ever that a dump is on its way. */
@ExtendWith(SharedAzurite.class)
class DeletedSessionsIT {
  private static final Duration SOON = Duration.ofSeconds(60);

  private final Azurite azurite;
  private final StorageTarget target = Samples.target(Azurite.ACCOUNT, "c" + UUID.randomUUID(), 5);
  private final MovableClock clock = new MovableClock(Clock.systemUTC().instant());
  private BlobContainerClient container;
  private DumpStores stores;
  private DumpPlaces places;

  DeletedSessionsIT(Azurite azurite) {
    this.azurite = azurite;
  }

  @BeforeEach
  void open() {
    container = azurite.client().getBlobContainerClient(target.storage().container());
    stores = Samples.stores(Azurite.ACCOUNT, azurite.endpoint(), azurite.connectionString(), clock);
    places = new DumpPlaces(stores, clock);
  }

  private String grant(int pid) {
    Placement placement = places.place(target, wish(pid), blob -> report(pid, blob));
    return ((Placement.Granted) placement).blob();
  }

  private String told(String blob, String key) {
    return container
        .getBlobClient(BlobLayout.reportOf(blob))
        .getProperties()
        .getMetadata()
        .getOrDefault(key, "");
  }

  private int placesUsed() {
    return stores.use(target, store -> LedgerStore.read(store, target)).placesUsed();
  }

  @Test
  void anUploadOfADeletedSessionIsLostAndOneThatCameIsStored() {
    String never = grant(7);
    String came = grant(8);
    container.getBlobClient(came).upload(BinaryData.fromString("dump"));
    try (DeletedSessions deleted = new DeletedSessions(places, clock, Duration.ofMillis(1))) {
      deleted.add(target, () -> false);

      await().atMost(SOON).until(() -> told(never, "dump").equals("Lost"));
      await().atMost(SOON).until(() -> told(came, "dump").equals("Stored"));
    }
    assertThat(told(never, "blob")).isEmpty();
    assertThat(placesUsed()).isEqualTo(1);
  }

  @Test
  void podsThatAreThereStillSendWhatTheyHave() throws InterruptedException {
    String late = grant(7);
    AtomicBoolean podsLeft = new AtomicBoolean(true);
    CountDownLatch asked = new CountDownLatch(3);
    try (DeletedSessions deleted = new DeletedSessions(places, clock, Duration.ofMillis(1))) {
      deleted.add(
          target,
          () -> {
            asked.countDown();
            return podsLeft.get();
          });
      assertThat(asked.await(SOON.toSeconds(), TimeUnit.SECONDS)).isTrue();
      assertThat(told(late, "dump")).isEqualTo("Uploading");

      container.getBlobClient(late).upload(BinaryData.fromString("dump"));
      podsLeft.set(false);

      await().atMost(SOON).until(() -> told(late, "dump").equals("Stored"));
    }
  }

  @Test
  void podsThatStayAreNotWaitedForLongerThanALinkLives() {
    String never = grant(7);
    try (DeletedSessions deleted = new DeletedSessions(places, clock, Duration.ofMillis(1))) {
      deleted.add(target, () -> true);
      clock.advance(DumpPlaces.LINK_LIFE);

      await().atMost(SOON).until(() -> told(never, "dump").equals("Lost"));
    }
  }

  @Test
  void whatAnOperatorThatEndedLeftIsEndedByTheNextSessionOnTheWorkload() {
    String never = grant(7);
    String came = grant(8);
    container.getBlobClient(came).upload(BinaryData.fromString("dump"));
    StorageTarget next =
        new StorageTarget(
            new ResourceKey(target.session().namespace(), "next", "next-uid"),
            target.storage(),
            target.layout(),
            new Run("aaaaaaaaaaaa", clock.instant(), clock.instant().plus(Duration.ofDays(1))),
            3);

    clock.advance(DumpPlaces.LINK_LIFE.plus(Ledger.GRACE).plus(Duration.ofDays(1)));
    stores.use(next, s -> StorageReading.read(s, next, new HashSet<>(), clock.instant()));

    assertThat(told(never, "dump")).isEqualTo("Lost");
    assertThat(told(came, "dump")).isEqualTo("Stored");
  }

  @Test
  void storageThatIsAwayIsTriedAgain() {
    String never = grant(7);
    AtomicInteger tries = new AtomicInteger();
    DumpStores away =
        new DumpStores() {
          @Override
          public DumpStore open(ResourceKey session, AzureBlobStorage storage) {
            if (tries.incrementAndGet() < 3) {
              throw new StorageFaultException(new StorageFault.Unreachable("no answer"));
            }
            return stores.open(session, storage);
          }

          @Override
          public void close(ResourceKey session) {
            stores.close(session);
          }
        };
    try (DeletedSessions deleted =
        new DeletedSessions(new DumpPlaces(away, clock), clock, Duration.ofMillis(1))) {
      deleted.add(target, () -> false);

      await().atMost(SOON).until(() -> told(never, "dump").equals("Lost"));
    }
    assertThat(tries).hasValue(3);
  }

  @Test
  void aSessionThatIsForgottenSaysWhereItsDumpsLie() {
    try (StorageWatch watch = new StorageWatch(stores, Clock.systemUTC(), Duration.ofHours(1))) {
      assertThat(watch.forget(target.session())).isEmpty();
      watch.follow(target, true);
      assertThat(watch.forget(target.session())).isEqualTo(Optional.of(target));
    }
  }
}
