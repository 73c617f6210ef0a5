package io.crashmonitor.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.crashmonitor.api.CompletionReason;
import io.crashmonitor.api.CrashMonitorSessionStatus;
import io.crashmonitor.api.DumpState;
import io.crashmonitor.api.Phase;
import org.junit.jupiter.api.Test;

/** Nothing that matters is in the operator's memory. */
class OperatorKilledIT {

  @Test
  void killedDuringAnUploadAndStartedAgainItLosesAndDoublesNothing() {
    try (Shop shop = Shop.open("killed")) {
      shop.deploy("checkout", 1, "--cycle", "av,div0", "--state", "C:\\data\\n", "--after", "8000");
      shop.monitor("checkout", 2);
      shop.awaitAttached("checkout", 1);
      await("an upload is under way: the report is there, the dump is not complete")
          .atMost(Shop.PATIENCE)
          .until(() -> shop.blobs().stream().anyMatch(b -> b.endsWith(".dmp.json")));

      shop.operator().kill();
      shop.operator().start();

      CrashMonitorSessionStatus status = shop.awaitPhase("checkout", Phase.Completed);
      assertThat(status.completion().reason()).isEqualTo(CompletionReason.MaxDumpsReached);
      assertThat(status.dumpCount()).isEqualTo(2);
      assertThat(shop.dumps()).hasSize(2);
      assertThat(status.recentCrashes())
          .filteredOn(crash -> crash.dump() == DumpState.Stored)
          .extracting(crash -> crash.id())
          .hasSize(2)
          .doesNotHaveDuplicates();
      assertThat(status.exitCodeGroups())
          .extracting(group -> group.code())
          .contains("0xC0000005", "0xC0000094");
    }
  }
}
