package io.crashmonitor.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.crashmonitor.api.CrashMonitorSessionStatus;
import io.crashmonitor.api.DumpState;
import io.fabric8.kubernetes.api.model.Pod;
import java.io.IOException;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The end of a pod: what its app leaves then is not lost, and a pod without dumps ends at once. */
class DyingPodIT {
  private static final int LONG = 600;

  @Test
  void theDumpOfAnAppThatCrashesWhileItsPodIsDeletedComesToStorage() throws IOException {
    try (Shop shop = Shop.open("dying")) {
      shop.deployWithGrace("checkout", 180, "--crash", "av", "--on-stop", "--when", "C:\\data\\go");
      shop.monitor("checkout", 3);
      shop.awaitAttached("checkout", 1);

      Pod pod = delete(shop);
      await("the hook found nothing to wait for")
          .atMost(Shop.PATIENCE)
          .until(() -> shop.agentLog(pod).contains("nothing waits"));
      shop.crashNow(pod);

      await("a dump in storage")
          .atMost(Shop.PATIENCE)
          .untilAsserted(() -> assertThat(shop.dumps()).hasSize(1));
      awaitGone(shop, pod);
      shop.awaitStatus("checkout", "a dump", s -> has(s, DumpState.Stored));
      assertThat(shop.dumps()).singleElement().asString().contains(pod.getMetadata().getName());
    }
  }

  @Test
  void aDumpThatCannotBeUploadedInTheGracePeriodIsReportedAsLost() throws IOException {
    String storage = SharedCluster.get().azurite().endpoint();
    assumeTrue(storage.startsWith("http:"), "what is encrypted cannot be told from other requests");
    try (StalledUploads stalled = new StalledUploads(storage);
        Shop shop =
            Shop.open(
                "lost",
                Map.of("CRASH_MONITOR_BLOB_ENDPOINTS", "devstoreaccount1=" + stalled.endpoint()))) {
      shop.storageBy(stalled.endpoint());
      shop.deployWithGrace("checkout", 40, "--crash", "av", "--on-stop");
      shop.monitor("checkout", 3);
      shop.awaitAttached("checkout", 1);

      Pod pod = delete(shop);

      awaitGone(shop, pod);
      CrashMonitorSessionStatus status =
          shop.awaitStatus("checkout", "a lost dump", s -> has(s, DumpState.Lost));
      assertThat(status.dumpCount()).isZero();
      assertThat(shop.dumps()).isEmpty();
    }
  }

  @Test
  void aPodWithoutDumpsEndsLongBeforeItsGracePeriod() {
    try (Shop shop = Shop.open("idle-end")) {
      shop.deployWithGrace("checkout", LONG, "--crash", "exit:0", "--on-stop");
      shop.monitor("checkout", 3);
      shop.awaitAttached("checkout", 1);

      awaitGone(shop, delete(shop));
    }
  }

  private static Pod delete(Shop shop) {
    Pod pod = shop.pods("checkout").get(0);
    shop.client().resource(pod).delete();
    return pod;
  }

  private static void awaitGone(Shop shop, Pod pod) {
    await("the pod is gone")
        .atMost(Shop.PATIENCE)
        .until(() -> shop.client().resource(pod).get() == null);
  }

  private static boolean has(CrashMonitorSessionStatus status, DumpState state) {
    return status.recentCrashes() != null
        && status.recentCrashes().stream().anyMatch(crash -> crash.dump() == state);
  }
}
