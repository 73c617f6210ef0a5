package io.crashmonitor.testbed.node;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Who waits for whom when a pod's containers are stopped: a sidecar for all apps and for the
 * sidecars after it, nobody else for anybody. As the kubelet's terminationOrdering.
 */
final class StopOrder {
  /** What a container gets after the signal at least, also when the grace period is used up. */
  static final Duration LEAST_GRACE = Duration.ofSeconds(2);

  /** For a container that is stopped alone. */
  static final StopOrder NONE = new StopOrder(Map.of(), Map.of());

  private final Map<String, CountDownLatch> ends;
  private final Map<String, List<String>> before;

  private StopOrder(Map<String, CountDownLatch> ends, Map<String, List<String>> before) {
    this.ends = ends;
    this.before = before;
  }

  /**
   * @param specs in the order of their start
   */
  static StopOrder of(List<ContainerSpec> specs) {
    Map<String, CountDownLatch> ends = new ConcurrentHashMap<>();
    Map<String, List<String>> before = new ConcurrentHashMap<>();
    List<String> later = new ArrayList<>();
    for (int i = specs.size() - 1; i >= 0; i--) {
      ContainerSpec spec = specs.get(i);
      ends.put(spec.name(), new CountDownLatch(1));
      if (spec.kind() == ContainerKind.SIDECAR) {
        before.put(spec.name(), List.copyOf(later));
      }
      if (spec.kind() != ContainerKind.INIT) {
        later.add(spec.name());
      }
    }
    return new StopOrder(ends, before);
  }

  /** Waits until all have ended that are to end before it, or for that time. */
  void awaitTurn(String container, Duration most) throws InterruptedException {
    long end = System.nanoTime() + most.toNanos();
    for (String other : before.getOrDefault(container, List.of())) {
      if (!ends.get(other).await(end - System.nanoTime(), TimeUnit.NANOSECONDS)) {
        return;
      }
    }
  }

  /** The container does not run, or not any more. */
  void ended(String container) {
    if (ends.containsKey(container)) {
      ends.get(container).countDown();
    }
  }

  /** What is left of the time; the kubelet counts whole seconds as used only. */
  static Duration left(Duration grace, Duration used) {
    Duration left = grace.minusSeconds(used.toSeconds());
    return left.isNegative() ? Duration.ZERO : left;
  }
}
