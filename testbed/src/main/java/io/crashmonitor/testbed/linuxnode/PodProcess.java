package io.crashmonitor.testbed.linuxnode;

import io.crashmonitor.testbed.controlplane.ServerProcess;
import io.crashmonitor.testbed.node.PodInputs;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Probe;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Runs one pod with one container from its arrival to its end, restarting what dies. */
final class PodProcess implements Runnable {
  private static final Logger LOG = LoggerFactory.getLogger(PodProcess.class);
  private static final Duration TICK = Duration.ofMillis(300);
  private static final Duration RESTART = Duration.ofSeconds(2);
  private static final Duration REFRESH = Duration.ofSeconds(10);

  private final Pod pod;
  private final Container container;
  private final ContainerProcess launch;
  private final PodInputs inputs;
  private final Map<String, String> cluster;
  private final PodStatusWriter status;
  private final Clock clock;
  private final CountDownLatch end = new CountDownLatch(1);
  private volatile boolean removed;
  private volatile Optional<ServerProcess> process = Optional.empty();
  private Optional<HttpProbe> startup = Optional.empty();
  private Optional<HttpProbe> readiness = Optional.empty();
  private Optional<HttpProbe> liveness = Optional.empty();
  private int runs;
  private Instant notBefore = Instant.EPOCH;
  private Instant nextRefresh = Instant.EPOCH;

  PodProcess(
      Pod pod,
      ContainerProcess launch,
      PodInputs inputs,
      Map<String, String> cluster,
      PodStatusWriter status,
      Clock clock) {
    this.pod = pod;
    this.container = pod.getSpec().getContainers().get(0);
    this.launch = launch;
    this.inputs = inputs;
    this.cluster = cluster;
    this.status = status;
    this.clock = clock;
  }

  /** SIGTERM, the grace of the process class, and the pod is taken out of the API. */
  void terminate() {
    end.countDown();
  }

  /** The next turn finds it dead. */
  void kill() {
    process.ifPresent(ServerProcess::kill);
  }

  /** The pod or the node is gone: nothing is written any more. */
  void remove() {
    removed = true;
    end.countDown();
  }

  @Override
  public void run() {
    try {
      do {
        turn();
      } while (!end.await(TICK.toMillis(), TimeUnit.MILLISECONDS));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      process.ifPresent(ServerProcess::close);
      inputs.delete();
      if (!removed) {
        status.delete();
      }
    }
  }

  private void turn() throws InterruptedException {
    Instant now = clock.instant();
    try {
      if (!now.isBefore(nextRefresh)) {
        inputs.update();
        nextRefresh = now.plus(REFRESH);
      }
      if (process.filter(ServerProcess::isAlive).isEmpty()) {
        start(now);
      } else {
        probe(now);
      }
    } catch (RuntimeException e) {
      LOG.warn("Pod {}: {}", pod.getMetadata().getName(), e.getMessage());
      status.waiting("CreateContainerError", String.valueOf(e.getMessage()), Math.max(0, runs - 1));
      notBefore = now.plus(RESTART);
    }
  }

  private void start(Instant now) {
    if (now.isBefore(notBefore)) {
      return;
    }
    if (process.isPresent() && notBefore.equals(Instant.EPOCH)) {
      status.waiting("CrashLoopBackOff", "see " + process.get().log(), runs - 1);
      notBefore = now.plus(RESTART);
      return;
    }
    process = Optional.of(launch.start(pod, container, inputs, cluster, runs));
    runs++;
    notBefore = Instant.EPOCH;
    startup = probe(container.getStartupProbe(), now);
    readiness = probe(container.getReadinessProbe(), now);
    liveness = probe(container.getLivenessProbe(), now);
    status.running(now, false, runs - 1);
  }

  private Optional<HttpProbe> probe(Probe probe, Instant now) {
    return Optional.ofNullable(probe)
        .filter(p -> p.getHttpGet() != null)
        .map(p -> new HttpProbe(p, container, now));
  }

  private void probe(Instant now) throws InterruptedException {
    if (startup.isPresent() && !startup.get().passed()) {
      startup.get().run(now);
      killIfExhausted(startup.get());
      return;
    }
    if (readiness.isPresent()) {
      readiness.get().run(now);
    }
    if (liveness.isPresent()) {
      liveness.get().run(now);
      killIfExhausted(liveness.get());
    }
    status.running(now, readiness.map(HttpProbe::passed).orElse(true), runs - 1);
  }

  private void killIfExhausted(HttpProbe probe) {
    if (probe.exhausted()) {
      LOG.warn("Pod {}: a probe failed too often", pod.getMetadata().getName());
      process.ifPresent(ServerProcess::close);
    }
  }
}
