package io.crashmonitor.testbed.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerBuilder;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class StopOrderTest {
  private static final Duration LONG = Duration.ofMinutes(5);

  @Test
  void appsWaitForNobodyAndSidecarsForThemAndForTheSidecarsAfter() {
    StopOrder order =
        StopOrder.of(
            List.of(
                spec(ContainerKind.SIDECAR, "first"),
                spec(ContainerKind.INIT, "init"),
                spec(ContainerKind.SIDECAR, "second"),
                spec(ContainerKind.APP, "one"),
                spec(ContainerKind.APP, "other")));
    CompletableFuture<Void> first = turn(order, "first");
    CompletableFuture<Void> second = turn(order, "second");

    turn(order, "one").join();
    turn(order, "init").join();
    order.ended("one");
    assertThat(second).isNotDone();
    order.ended("other");

    second.join();
    assertThat(first).isNotDone();
    order.ended("second");
    first.join();
  }

  @Test
  void nobodyWaitsLongerThanTheGracePeriod() throws InterruptedException {
    StopOrder order =
        StopOrder.of(
            List.of(spec(ContainerKind.SIDECAR, "sidecar"), spec(ContainerKind.APP, "app")));

    order.awaitTurn("sidecar", Duration.ofMillis(10));
  }

  @Test
  void wholeSecondsAreUsedUp() {
    assertThat(StopOrder.left(Duration.ofSeconds(30), Duration.ofMillis(4900)))
        .isEqualTo(Duration.ofSeconds(26));
    assertThat(StopOrder.left(Duration.ofSeconds(30), Duration.ofMillis(31_500))).isZero();
  }

  private static CompletableFuture<Void> turn(StopOrder order, String container) {
    return CompletableFuture.runAsync(
        () -> {
          try {
            order.awaitTurn(container, LONG);
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
        },
        task -> new Thread(task, container).start());
  }

  private static ContainerSpec spec(ContainerKind kind, String name) {
    Container container = new ContainerBuilder().withName(name).build();
    return new ContainerSpec(kind, container);
  }
}
