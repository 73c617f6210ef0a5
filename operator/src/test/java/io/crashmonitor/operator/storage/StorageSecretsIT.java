package io.crashmonitor.operator.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.crashmonitor.api.AzureBlobStorage;
import io.crashmonitor.api.DumpState;
import io.crashmonitor.api.SecretRef;
import io.crashmonitor.api.StorageAuth;
import io.crashmonitor.testbed.controlplane.Azurite;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/** Secrets and accounts that change, lack or are refused. */
class StorageSecretsIT extends WatchedStorage {
  StorageSecretsIT(Azurite azurite) {
    super(azurite);
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
