package io.crashmonitor.operator.storage;

import static io.crashmonitor.operator.storage.Samples.POD_UID;
import static io.crashmonitor.operator.storage.Samples.SHA;
import static io.crashmonitor.operator.storage.Samples.crash;
import static io.crashmonitor.operator.storage.Samples.report;
import static io.crashmonitor.operator.storage.Samples.wish;
import static org.awaitility.Awaitility.await;

import com.azure.core.util.BinaryData;
import com.azure.storage.blob.BlobContainerClient;
import com.azure.storage.blob.options.BlockBlobSimpleUploadOptions;
import io.crashmonitor.api.DumpState;
import io.crashmonitor.operator.MovableClock;
import io.crashmonitor.operator.storage.DumpPlaces.Placement;
import io.crashmonitor.testbed.controlplane.Azurite;
import io.crashmonitor.testbed.controlplane.SharedAzurite;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.extension.ExtendWith;

/** A place in storage with one session, a watch on it, and the words tests are written in. */
@ExtendWith(SharedAzurite.class)
abstract class WatchedStorage {
  static final Duration SOON = Duration.ofSeconds(60);

  final Azurite azurite;
  final MovableClock clock = new MovableClock(Clock.systemUTC().instant());
  final List<ResourceKey> changes = new CopyOnWriteArrayList<>();
  StorageTarget target;
  BlobContainerClient container;
  DumpPlaces places;
  StorageWatch watch;
  StorageCrashRecorder recorder;

  WatchedStorage(Azurite azurite) {
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

  String grant(int pid) {
    Placement placement = places.place(target, wish(pid), blob -> report(pid, blob));
    return ((Placement.Granted) placement).blob();
  }

  String store(int pid) {
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

  StorageSnapshot sees(Predicate<StorageSnapshot> what) {
    return await()
        .atMost(SOON)
        .until(() -> watch.snapshot(target.session()), s -> s.filter(what).isPresent())
        .orElseThrow();
  }

  static Predicate<StorageSnapshot> dumps(DumpState... states) {
    return s -> s.crashes().stream().map(StoredCrash::dump).toList().equals(List.of(states));
  }
}
