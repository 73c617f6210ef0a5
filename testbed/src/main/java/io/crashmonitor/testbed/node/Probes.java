package io.crashmonitor.testbed.node;

import io.crashmonitor.testbed.node.ContainerInstance.Exec;
import io.fabric8.kubernetes.api.model.Probe;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The probes of one run of a container. Only exec probes are run; those over the network count as
 * passed.
 */
record Probes(
    ContainerSpec spec,
    Optional<ProbeTracker> startup,
    Optional<ProbeTracker> readiness,
    Optional<ProbeTracker> liveness) {

  /** Starting a program costs more under Wine than on Windows: no probe is given less. */
  private static final Duration SHORTEST_LIMIT = Duration.ofSeconds(10);

  static Probes of(ContainerSpec spec, Instant startedAt) {
    return new Probes(
        spec,
        spec.startupProbe().map(probe -> ProbeTracker.of(probe, startedAt)),
        spec.readinessProbe().map(probe -> ProbeTracker.of(probe, startedAt)),
        spec.livenessProbe().map(probe -> ProbeTracker.of(probe, startedAt)));
  }

  boolean started() {
    return startup.map(ProbeTracker::passed).orElse(true);
  }

  boolean ready() {
    return started() && readiness.map(ProbeTracker::passed).orElse(true);
  }

  /** When the next probe is to be run. */
  Optional<Instant> due() {
    return started()
        ? Stream.of(readiness, liveness)
            .flatMap(Optional::stream)
            .map(ProbeTracker::due)
            .min(Instant::compareTo)
        : startup.map(ProbeTracker::due);
  }

  /**
   * @param unhealthy what failed, in the kubelet's words
   * @param kill whether a threshold says that the container is to be killed
   */
  record Round(Probes probes, List<String> unhealthy, boolean kill) {}

  Round run(ContainerInstance container, Instant now) throws InterruptedException {
    List<String> unhealthy = new ArrayList<>();
    if (!started()) {
      Optional<ProbeTracker> next =
          next(startup, spec.startupProbe(), "Startup", container, now, unhealthy);
      return new Round(
          new Probes(spec, next, readiness, liveness),
          unhealthy,
          next.map(ProbeTracker::failed).orElse(false));
    }
    Probes next =
        new Probes(
            spec,
            startup,
            next(readiness, spec.readinessProbe(), "Readiness", container, now, unhealthy),
            next(liveness, spec.livenessProbe(), "Liveness", container, now, unhealthy));
    return new Round(next, unhealthy, next.liveness().map(ProbeTracker::failed).orElse(false));
  }

  private static Optional<ProbeTracker> next(
      Optional<ProbeTracker> tracker,
      Optional<Probe> probe,
      String kind,
      ContainerInstance container,
      Instant now,
      List<String> unhealthy)
      throws InterruptedException {
    if (tracker.isEmpty() || tracker.get().due().isAfter(now)) {
      return tracker;
    }
    boolean passed = true;
    if (probe.get().getExec() != null) {
      Exec outcome = container.exec(probe.get().getExec().getCommand(), limit(probe.get()));
      passed = outcome instanceof Exec.Exited exited && exited.code() == 0;
      if (!passed) {
        unhealthy.add(kind + " probe failed: " + outcome);
      }
    }
    return Optional.of(tracker.get().after(passed, now));
  }

  private static Duration limit(Probe probe) {
    Duration asked =
        Duration.ofSeconds(probe.getTimeoutSeconds() == null ? 1 : probe.getTimeoutSeconds());
    return asked.compareTo(SHORTEST_LIMIT) > 0 ? asked : SHORTEST_LIMIT;
  }
}
