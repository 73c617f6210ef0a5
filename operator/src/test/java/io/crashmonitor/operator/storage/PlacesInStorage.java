package io.crashmonitor.operator.storage;

import static io.crashmonitor.operator.storage.Samples.POD_UID;
import static io.crashmonitor.operator.storage.Samples.crash;
import static io.crashmonitor.operator.storage.Samples.report;
import static io.crashmonitor.operator.storage.Samples.wish;

import com.azure.core.util.BinaryData;
import com.azure.storage.blob.BlobContainerClient;
import com.azure.storage.blob.models.BlobRequestConditions;
import com.azure.storage.blob.options.BlockBlobSimpleUploadOptions;
import io.crashmonitor.operator.MovableClock;
import io.crashmonitor.operator.storage.DumpPlaces.Arrival;
import io.crashmonitor.operator.storage.DumpPlaces.Placement;
import io.crashmonitor.report.BlobLayout;
import io.crashmonitor.testbed.controlplane.Azurite;
import io.crashmonitor.testbed.controlplane.SharedAzurite;
import java.time.Clock;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.extension.ExtendWith;

/** Places for dumps on a real blob service, and the words tests are written in. */
@ExtendWith(SharedAzurite.class)
abstract class PlacesInStorage {
  final Azurite azurite;
  // Links are checked by the service's own clock, so time starts now here.
  final MovableClock clock = new MovableClock(Clock.systemUTC().instant());
  final String containerName = "c" + UUID.randomUUID();
  BlobContainerClient container;
  DumpStores stores;
  DumpPlaces places;

  PlacesInStorage(Azurite azurite) {
    this.azurite = azurite;
  }

  @BeforeEach
  void open() {
    container = azurite.client().getBlobContainerClient(containerName);
    stores = Samples.stores(Azurite.ACCOUNT, azurite.endpoint(), azurite.connectionString(), clock);
    places = new DumpPlaces(stores, clock);
  }

  StorageTarget target(int maxDumps) {
    return Samples.target(Azurite.ACCOUNT, containerName, maxDumps);
  }

  Placement place(StorageTarget target, int pid) {
    return places.place(target, wish(pid), blob -> report(pid, blob));
  }

  Placement.Granted granted(StorageTarget target, int pid) {
    return (Placement.Granted) place(target, pid);
  }

  void upload(String blob, String content, String sha256) {
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

  Arrival complete(StorageTarget target, int pid, long length, String sha256) {
    return places.complete(target, crash(pid), POD_UID, length, 1000, sha256, Optional.empty());
  }

  Ledger ledger(StorageTarget target) {
    return stores.use(target, store -> LedgerStore.read(store, target));
  }

  Map<String, String> reportMetadata(String blob) {
    return container.getBlobClient(BlobLayout.reportOf(blob)).getProperties().getMetadata();
  }
}
