package io.crashmonitor.testbed.node;

import io.crashmonitor.testbed.node.ContainerPhase.Waiting;
import io.fabric8.kubernetes.api.model.Pod;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs one pod, from its arrival on the node to its removal from the API. All decisions are made by
 * its own thread; others wake it.
 */
final class PodRunner implements Runnable {
  private static final Logger LOG = LoggerFactory.getLogger(PodRunner.class);
  private static final Duration VOLUME_RETRY = Duration.ofSeconds(1);

  private final PodContext context;
  private final StatusWriter status;
  private final RestartPolicy policy;
  private final List<ContainerSpec> specs;
  private final List<ContainerRunner> containers;
  private final Instant startTime;
  private final Semaphore wakes;
  private boolean initialized;
  private boolean volumesReady;
  private Instant nextVolumeUpdate = Instant.EPOCH;
  private Optional<Boolean> finished = Optional.empty();
  private boolean terminating;
  private volatile Pod latest;
  private volatile boolean gone;

  /**
   * @param wakes released by {@link PodContext#wake}
   */
  PodRunner(PodContext context, StatusWriter status, Semaphore wakes) {
    this.context = context;
    this.status = status;
    this.wakes = wakes;
    this.latest = context.pod();
    this.policy = RestartPolicy.of(latest.getSpec().getRestartPolicy());
    this.startTime = now();
    this.specs = ContainerSpec.of(latest);
    boolean hasInit = specs.stream().anyMatch(spec -> spec.kind() != ContainerKind.APP);
    this.containers =
        specs.stream()
            .map(
                spec ->
                    new ContainerRunner(
                        context, spec, hasInit ? Waiting.INITIALIZING : Waiting.CREATING))
            .toList();
  }

  /** The pod as it is now in the API. */
  void update(Pod pod) {
    latest = pod;
    context.wake().run();
  }

  /** The pod is no longer in the API, or the node ends: everything dies now. */
  void remove() {
    gone = true;
    killAll();
    context.wake().run();
  }

  /** The pod as it was last seen in the API. */
  Pod pod() {
    return latest;
  }

  /** Ends all processes; what waits for them goes on. */
  void killAll() {
    containers.forEach(ContainerRunner::killFromOutside);
  }

  @Override
  public void run() {
    try {
      while (!gone && !isDeleted()) {
        wakes.drainPermits();
        Optional<Instant> next = turn();
        publish();
        if (next.isPresent()) {
          await(next.get());
        }
      }
      if (!gone) {
        terminate();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (RuntimeException e) {
      LOG.error("Pod {} cannot be run on", context.describe(), e);
    } finally {
      containers.forEach(ContainerRunner::discard);
      context.volumes().delete();
    }
  }

  /** One step; when to take the next one, or empty for at once. */
  private Optional<Instant> turn() throws InterruptedException {
    if (observe()) {
      publish(); // An end is to be seen as such before it becomes a back-off or a new start.
    }
    if (finished.isPresent()) {
      return Optional.of(Instant.MAX);
    }
    updateVolumes();
    if (!volumesReady) {
      return Optional.of(nextVolumeUpdate);
    }
    initialized |= PodPlanner.initialized(views());
    PodPlanner.Step step = PodPlanner.next(views(), initialized, policy, now());
    if (step instanceof PodPlanner.Step.Start start) {
      container(start.container()).start();
      return Optional.empty();
    }
    if (step instanceof PodPlanner.Step.Finish finish) {
      stopAll();
      containers.forEach(ContainerRunner::settle);
      finished = Optional.of(finish.succeeded());
      return Optional.of(Instant.MAX);
    }
    for (ContainerRunner container : containers) {
      container.showBackOff(policy);
      container.probe();
    }
    boolean unlocked = !initialized && PodPlanner.initialized(views());
    return unlocked ? Optional.empty() : Optional.of(nextTime((PodPlanner.Step.WaitUntil) step));
  }

  private boolean observe() {
    boolean changed = false;
    for (ContainerRunner container : containers) {
      changed |= container.observe();
    }
    return changed;
  }

  private Instant nextTime(PodPlanner.Step.WaitUntil step) {
    Instant now = now();
    Stream<Instant> own = containers.stream().flatMap(ContainerRunner::nextTimes);
    return Stream.of(step.time().stream(), own, Stream.of(nextVolumeUpdate))
        .flatMap(times -> times)
        .filter(time -> time.isAfter(now))
        .min(Instant::compareTo)
        .orElse(Instant.MAX);
  }

  private void updateVolumes() {
    Instant now = now();
    if (now.isBefore(nextVolumeUpdate)) {
      return;
    }
    try {
      context.volumes().update();
      volumesReady = true;
      nextVolumeUpdate = now.plus(context.settings().refresh());
    } catch (RuntimeException e) {
      // Also when the API server does not answer: what is there stays, and it is tried again.
      context.events().warning("", "FailedMount", "MountVolume.SetUp failed: " + e.getMessage());
      nextVolumeUpdate = now.plus(volumesReady ? context.settings().refresh() : VOLUME_RETRY);
    }
  }

  private void terminate() throws InterruptedException {
    terminating = true;
    stopAll();
    containers.forEach(ContainerRunner::settle);
    publish();
    status.delete();
  }

  /** The graceful end of all that runs, each container by a thread of its own. */
  private void stopAll() throws InterruptedException {
    Duration grace = grace();
    StopOrder order = StopOrder.of(specs);
    CompletableFuture<?>[] stops =
        containers.stream()
            .map(
                container ->
                    CompletableFuture.runAsync(
                        () -> stop(container, grace, order), context.executor()))
            .toArray(CompletableFuture[]::new);
    CompletableFuture<Void> all = CompletableFuture.allOf(stops);
    all.whenComplete((done, failure) -> context.wake().run());
    while (true) {
      wakes.drainPermits();
      boolean done = all.isDone();
      if (observe()) {
        publish();
      }
      if (done) {
        all.join();
        return;
      }
      wakes.acquire();
    }
  }

  private static void stop(ContainerRunner container, Duration grace, StopOrder order) {
    try {
      container.stop(grace, order);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** The grace period, and what each of the containers gets at least after it. */
  Duration longestStop() {
    return grace().plus(StopOrder.LEAST_GRACE.multipliedBy(containers.size()));
  }

  /** How long the pod's containers may take to stop. */
  private Duration grace() {
    Long deletion = latest.getMetadata().getDeletionGracePeriodSeconds();
    Long asked = deletion != null ? deletion : latest.getSpec().getTerminationGracePeriodSeconds();
    return Duration.ofSeconds(asked == null ? 30 : asked);
  }

  private boolean isDeleted() {
    return latest.getMetadata().getDeletionTimestamp() != null;
  }

  private void publish() {
    if (!gone) {
      status.write(view());
    }
  }

  private PodView view() {
    return new PodView(
        views(),
        policy,
        initialized,
        finished,
        terminating,
        startTime,
        context.podIp(),
        context.settings().address());
  }

  private List<ContainerView> views() {
    return containers.stream().map(ContainerRunner::view).toList();
  }

  private ContainerRunner container(String name) {
    return containers.stream()
        .filter(container -> container.view().name().equals(name))
        .findFirst()
        .orElseThrow();
  }

  private void await(Instant time) throws InterruptedException {
    if (time.equals(Instant.MAX)) {
      wakes.acquire();
    } else {
      long millis = Math.max(1, Duration.between(now(), time).toMillis() + 1);
      wakes.tryAcquire(millis, TimeUnit.MILLISECONDS);
    }
  }

  private Instant now() {
    return context.settings().clock().instant();
  }
}
