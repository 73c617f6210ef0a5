package io.crashmonitor.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.crashmonitor.api.CompletionReason;
import io.crashmonitor.api.CrashMonitorSessionStatus;
import io.crashmonitor.api.Names;
import io.crashmonitor.api.Phase;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import org.junit.jupiter.api.Test;

/** Starting restarts the app, stopping does not, disabling and deleting remove everything. */
class LifecycleIT {

  @Test
  void aSessionEndsAtItsStopTimeAndLeavesTheAppRunning() {
    try (Shop shop = Shop.open("stop-time")) {
      shop.deploy("checkout", 1);
      shop.monitor("checkout", 3);
      shop.awaitAttached("checkout", 1);
      Instant stop = Instant.now().plusSeconds(15).truncatedTo(ChronoUnit.SECONDS);
      shop.patch("checkout", "{\"spec\":{\"stopTime\":\"" + stop + "\"}}");
      String pod = shop.pods("checkout").get(0).getMetadata().getUid();

      CrashMonitorSessionStatus status = shop.awaitPhase("checkout", Phase.Completed);

      assertThat(status.completion().reason()).isEqualTo(CompletionReason.StopTimeReached);
      assertThat(status.completion().time()).isEqualTo(stop);
      shop.awaitStatus("checkout", "the debugger let go", s -> s.replicas().attached() == 0);
      assertThat(shop.pods("checkout"))
          .singleElement()
          .satisfies(
              p -> {
                assertThat(p.getMetadata().getUid()).isEqualTo(pod);
                assertThat(p.getStatus().getContainerStatuses().get(0).getRestartCount()).isZero();
              });
    }
  }

  @Test
  void stoppingTakesNoMoreDumpsAndDoesNotRestartTheApp() throws IOException {
    try (Shop shop = Shop.open("stopped")) {
      shop.deploy("checkout", 1, Shop.whenTold("clr"));
      shop.monitor("checkout", 3);
      shop.awaitAttached("checkout", 1);
      long generation = shop.generation("checkout");

      shop.annotate("checkout", Names.STOP_REQUESTED_AT, Instant.now().toString());

      CrashMonitorSessionStatus status = shop.awaitPhase("checkout", Phase.Completed);
      assertThat(status.completion().reason()).isEqualTo(CompletionReason.Stopped);
      assertThat(shop.generation("checkout")).isEqualTo(generation);
      shop.crashNow("checkout");
      awaitRestart(shop);
      assertThat(shop.dumps()).isEmpty();

      shop.annotate("checkout", Names.RUN_REQUESTED_AT, Instant.now().plusSeconds(1).toString());

      shop.awaitStatus("checkout", "a new run", s -> s.phase() == Phase.Monitoring);
      assertThat(shop.status("checkout").run().id()).isNotEqualTo(status.run().id());
      shop.awaitAttached("checkout", 1);
      shop.crashNow("checkout");
      shop.awaitStatus("checkout", "a dump", s -> s.dumpCount() == 1);
      await("a report tells what the app printed, and the exception in it")
          .atMost(Shop.PATIENCE)
          .untilAsserted(
              () ->
                  assertThat(shop.reports())
                      .anySatisfy(
                          report -> {
                            assertThat(report.at("/previousLog/lines").toString())
                                .contains("The order has no lines.");
                            assertThat(report.at("/managed/0/type").asText())
                                .isEqualTo("System.InvalidOperationException");
                            assertThat(report.at("/exceptionSource").asText())
                                .isEqualTo("PreviousLog");
                          }));
    }
  }

  @Test
  void disablingGivesTheTemplateBackByteForByteWithOneRollout() {
    try (Shop shop = Shop.open("disabled")) {
      shop.deploy("checkout", 1);
      shop.awaitRollout("checkout", 1);
      String before = shop.template("checkout");
      shop.monitor("checkout", 3);
      shop.awaitAttached("checkout", 1);
      assertThat(shop.template("checkout")).isNotEqualTo(before);
      long injected = shop.generation("checkout");

      shop.patch("checkout", "{\"spec\":{\"state\":\"Disabled\"}}");

      shop.awaitPhase("checkout", Phase.Disabled);
      shop.awaitRollout("checkout", 1);
      assertThat(shop.template("checkout")).isEqualTo(before);
      assertThat(shop.generation("checkout")).isEqualTo(injected + 1);
      assertThat(shop.pods("checkout").get(0).getSpec().getInitContainers()).isEmpty();
    }
  }

  @Test
  void deletingGivesTheTemplateBackByteForByteWithOneRollout() {
    try (Shop shop = Shop.open("deleted")) {
      shop.deploy("checkout", 1);
      shop.awaitRollout("checkout", 1);
      String before = shop.template("checkout");
      shop.monitor("checkout", 3);
      shop.awaitAttached("checkout", 1);
      long injected = shop.generation("checkout");

      shop.session("checkout").delete();

      await("the session is gone")
          .atMost(Shop.PATIENCE)
          .until(() -> shop.session("checkout").get() == null);
      shop.awaitRollout("checkout", 1);
      assertThat(shop.template("checkout")).isEqualTo(before);
      assertThat(shop.generation("checkout")).isEqualTo(injected + 1);
    }
  }

  private static void awaitRestart(Shop shop) {
    await("the app crashed once")
        .atMost(Shop.PATIENCE)
        .pollInterval(Duration.ofMillis(500))
        .until(
            () ->
                shop.pods("checkout")
                        .get(0)
                        .getStatus()
                        .getContainerStatuses()
                        .get(0)
                        .getRestartCount()
                    > 0);
  }
}
