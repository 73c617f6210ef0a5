package io.crashmonitor.operator.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.azure.core.util.BinaryData;
import io.crashmonitor.api.DumpState;
import io.crashmonitor.api.Run;
import io.crashmonitor.testbed.controlplane.Azurite;
import java.time.Duration;
import java.util.HashSet;
import org.junit.jupiter.api.Test;

/** What lies in storage becomes crashes, and news of them. */
class StorageWatchIT extends WatchedStorage {
  StorageWatchIT(Azurite azurite) {
    super(azurite);
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
}
