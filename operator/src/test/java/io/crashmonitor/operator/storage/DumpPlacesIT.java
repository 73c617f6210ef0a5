package io.crashmonitor.operator.storage;

import static io.crashmonitor.operator.storage.Samples.POD_UID;
import static io.crashmonitor.operator.storage.Samples.SHA;
import static io.crashmonitor.operator.storage.Samples.crash;
import static io.crashmonitor.operator.storage.Samples.report;
import static io.crashmonitor.operator.storage.Samples.wish;
import static org.assertj.core.api.Assertions.assertThat;

import io.crashmonitor.api.DumpState;
import io.crashmonitor.operator.storage.DumpPlaces.Arrival;
import io.crashmonitor.operator.storage.DumpPlaces.Placement;
import io.crashmonitor.report.BlobLayout;
import io.crashmonitor.testbed.controlplane.Azurite;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** How places are filled, given back and end. */
class DumpPlacesIT extends PlacesInStorage {
  DumpPlacesIT(Azurite azurite) {
    super(azurite);
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
}
