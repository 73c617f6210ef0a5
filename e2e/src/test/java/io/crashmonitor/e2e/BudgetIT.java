package io.crashmonitor.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.crashmonitor.api.CompletionReason;
import io.crashmonitor.api.CrashMonitorSessionStatus;
import io.crashmonitor.api.DumpState;
import io.crashmonitor.api.Phase;
import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** The maximum is exact, and a place that comes free is used again. */
class BudgetIT {

  @Test
  void replicasThatCrashAtTheSameMomentNeverStoreOneDumpMore() throws IOException {
    try (Shop shop = Shop.open("budget")) {
      shop.deploy("checkout", 3, Shop.whenTold("av"));
      shop.monitor("checkout", 2);
      shop.awaitAttached("checkout", 3);

      shop.crashNow("checkout");

      CrashMonitorSessionStatus status = shop.awaitPhase("checkout", Phase.Completed);

      assertThat(status.completion().reason()).isEqualTo(CompletionReason.MaxDumpsReached);
      assertThat(status.dumpCount()).isEqualTo(2);
      shop.awaitStatus("checkout", "three crashes counted", s -> s.crashCount() >= 3);
      await()
          .during(Duration.ofSeconds(5))
          .atMost(Shop.PATIENCE)
          .untilAsserted(() -> assertThat(shop.dumps()).hasSize(2));
    }
  }

  @Test
  void monitoringResumesWhenDumpsAreRemovedFromStorage() throws IOException {
    try (Shop shop = Shop.open("resume")) {
      shop.deploy("checkout", 1, Shop.whenTold("av"));
      shop.monitor("checkout", 1);
      shop.awaitAttached("checkout", 1);
      shop.crashNow("checkout");
      shop.awaitPhase("checkout", Phase.Completed);
      String first = shop.dumps().get(0);

      shop.storage().getBlobClient(first).delete();

      shop.awaitStatus(
          "checkout", "the deleted dump left the status", s -> s.phase() == Phase.Monitoring);
      shop.awaitAttached("checkout", 1);
      shop.crashNow("checkout");
      CrashMonitorSessionStatus again = shop.awaitPhase("checkout", Phase.Completed);
      assertThat(again.dumpCount()).isEqualTo(1);
      assertThat(shop.dumps()).hasSize(1).doesNotContain(first);
      assertThat(again.recentCrashes())
          .filteredOn(crash -> crash.dump() == DumpState.Stored)
          .extracting(crash -> crash.blob())
          .doesNotContain(first);
    }
  }
}
