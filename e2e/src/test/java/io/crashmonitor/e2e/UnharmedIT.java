package io.crashmonitor.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.crashmonitor.api.ConditionTypes;
import io.crashmonitor.api.Names;
import io.crashmonitor.api.Phase;
import io.crashmonitor.api.Reasons;
import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.Pod;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Whatever we fail to do, the app starts, runs and ends as it would have without us. */
class UnharmedIT {

  @Test
  void aSidecarImageThatDoesNotExistIsTakenBackAndTheAppRuns() {
    try (Shop shop =
        Shop.open(
            "no-image",
            Map.of(
                "CRASH_MONITOR_SIDECAR_IMAGE",
                "crash-monitor/sidecar:gone",
                "CRASH_MONITOR_BREAKER_SECONDS",
                "5"))) {
      shop.deploy("checkout", 1);
      shop.awaitRollout("checkout", 1);
      String before = shop.template("checkout");

      shop.monitor("checkout", 3);

      shop.awaitPhase("checkout", Phase.Failed);
      assertThat(shop.condition("checkout", ConditionTypes.STALLED))
          .satisfies(
              stalled -> {
                assertThat(stalled.getReason()).isEqualTo(Reasons.INJECTION_FAILED);
                assertThat(stalled.getMessage()).contains("crash-monitor/sidecar:gone");
              });
      shop.awaitRollout("checkout", 1);
      assertThat(shop.template("checkout")).isEqualTo(before);
      await("the app runs")
          .atMost(Shop.PATIENCE)
          .until(() -> app(shop).getState().getRunning() != null);
      await("it is not tried again")
          .during(Duration.ofSeconds(5))
          .atMost(Shop.PATIENCE)
          .until(() -> shop.template("checkout").equals(before));
    }
  }

  @Test
  void theAppStartsAllTheSameWhenTheHelperIsGoneFromTheVolume() throws IOException {
    try (Shop shop = Shop.open("no-helper")) {
      shop.deploy("checkout", 1, "--crash", "exit:3", "--after", "15000");
      shop.monitor("checkout", 3);
      shop.awaitAttached("checkout", 1);
      Pod pod = shop.pods("checkout").get(0);
      Path volume = shop.cluster().volume(pod, Names.VOLUME);

      await("the helper can be deleted once nothing runs it")
          .atMost(Shop.PATIENCE)
          .until(() -> Files.deleteIfExists(volume.resolve("bin").resolve("attach.exe")));

      await("the app was restarted without the helper, and runs")
          .atMost(Shop.PATIENCE)
          .until(
              () -> app(shop).getRestartCount() > 0 && app(shop).getState().getRunning() != null);
      assertThat(volume.resolve("bin").resolve("attach.exe")).doesNotExist();
      assertThat(app(shop).getLastState().getTerminated().getExitCode()).isEqualTo(3);
    }
  }

  private static ContainerStatus app(Shop shop) {
    return shop.pods("checkout").get(0).getStatus().getContainerStatuses().get(0);
  }
}
