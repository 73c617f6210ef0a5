package io.crashmonitor.operator.storage;

import static io.crashmonitor.operator.storage.Samples.crash;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.azure.core.util.BinaryData;
import io.crashmonitor.api.DumpState;
import io.crashmonitor.report.BlobLayout;
import io.crashmonitor.testbed.controlplane.Azurite;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;

/** What somebody deletes in storage, or puts back, is seen. */
class StorageByHandIT extends WatchedStorage {
  StorageByHandIT(Azurite azurite) {
    super(azurite);
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
  void aContainerThatWasDeletedIsMadeAgain() {
    watch.follow(target, true);
    sees(s -> s.fault().isEmpty());

    container.delete();

    await().atMost(SOON).until(container::exists);
    assertThat(sees(s -> s.fault().isEmpty()).crashes()).isEmpty();
  }
}
