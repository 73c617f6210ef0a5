package io.crashmonitor.testbed.node;

import io.crashmonitor.testbed.node.ContainerInstance.Exec;
import io.crashmonitor.testbed.node.ContainerPhase.Running;
import io.crashmonitor.testbed.node.ContainerPhase.Terminated;
import io.crashmonitor.testbed.node.ContainerPhase.Waiting;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * One container of a pod through all its runs. Belongs to the pod's thread; only {@link
 * #killFromOutside} may be called by others.
 */
final class ContainerRunner {
  /** How long a state that says why a start failed is shown before it becomes a back-off. */
  private static final Duration SHOWN = Duration.ofSeconds(1);

  /** A postStart hook has no time limit in Kubernetes. */
  private static final Duration HOOK_LIMIT = Duration.ofDays(1);

  private static final Duration PROBE_KILL_GRACE = Duration.ofSeconds(30);

  private final PodContext pod;
  private final ContainerSpec spec;
  private final String image;
  private Backoff restarts;
  private Backoff pulls;
  private ContainerPhase phase;
  private Optional<Terminated> end = Optional.empty();
  private Optional<Terminated> endBefore = Optional.empty();
  private int runs;
  private Instant notBefore = Instant.EPOCH;
  private Instant shownUntil = Instant.EPOCH;
  private Optional<Probes> probes = Optional.empty();
  private volatile Optional<ContainerInstance> instance = Optional.empty();

  ContainerRunner(PodContext pod, ContainerSpec spec, Waiting first) {
    this.pod = pod;
    this.spec = spec;
    this.image = spec.container().getImage();
    this.phase = first;
    this.restarts = Backoff.of(pod.settings().backoffBase(), pod.settings().backoffMax());
    this.pulls = restarts;
  }

  ContainerView view() {
    boolean completed =
        spec.kind() == ContainerKind.INIT
            && !(phase instanceof Running)
            && end.map(Terminated::succeeded).orElse(false);
    return new ContainerView(
        spec.name(),
        spec.kind(),
        image,
        runs == 0 ? "" : image + "@sha256:" + sha256(image),
        phase,
        phase instanceof Terminated ? endBefore : end,
        Math.max(0, runs - 1),
        probes.map(Probes::started).orElse(false),
        completed || probes.map(Probes::ready).orElse(false),
        notBefore);
  }

  /** Starts a run, its hook included. What goes wrong is in the state afterwards. */
  void start() throws InterruptedException {
    Instant now = now();
    try {
      Optional<ImageCatalog.Found> found = pod.settings().images().find(image);
      if (found.isEmpty()) {
        pullFailed(now);
        return;
      }
      ContainerInstance run = new ContainerLaunch(pod, spec.container(), found.get()).start(runs);
      instance = Optional.of(run);
      restarts = restarts.restarted(end.map(Terminated::finishedAt).orElse(now), now);
      runs++;
      pod.events().normal(spec.name(), "Started", "Started container " + spec.name());
      afterStart(run);
    } catch (NotConfigured e) {
      createFailed("CreateContainerConfigError", e.getMessage());
    } catch (KubernetesClientException | UncheckedIOException | IllegalArgumentException e) {
      createFailed("CreateContainerError", e.toString());
    }
  }

  private void createFailed(String reason, String why) {
    pod.events().warning(spec.name(), "Failed", "Error: " + why);
    fail(new Waiting(reason, why));
  }

  /** Until its postStart hook is done, a container is not Running. */
  private void afterStart(ContainerInstance run) throws InterruptedException {
    Optional<String> failure = Optional.empty();
    if (spec.postStart().isPresent()) {
      failure = failure(run.exec(spec.postStart().get(), HOOK_LIMIT), "PostStartHook");
    }
    if (failure.isEmpty()) {
      probes = Optional.of(Probes.of(spec, run.startedAt()));
      phase = new Running(run.startedAt(), run.id());
      return;
    }
    pod.events().warning(spec.name(), "FailedPostStartHook", failure.get());
    pod.events().normal(spec.name(), "Killing", "FailedPostStartHook");
    run.kill();
    take(run.awaitEnd(), run);
    fail(new Waiting("PostStartHookError", failure.get()));
  }

  /** Sees whether the run has ended; true when the state changed by it. */
  boolean observe() {
    Optional<ContainerInstance> over = instance.filter(run -> run.ended().isPresent());
    over.ifPresent(run -> take(run.ended().orElseThrow(), run));
    return over.isPresent();
  }

  /** What a container that is waiting for its next start is shown as. */
  void showBackOff(RestartPolicy policy) {
    Instant now = now();
    if (phase instanceof Running || now.isBefore(shownUntil) || !notBefore.isAfter(now)) {
      return;
    }
    if (phase instanceof Waiting waiting && waiting.reason().equals("ErrImagePull")) {
      pod.events().normal(spec.name(), "BackOff", "Back-off pulling image \"" + image + "\"");
      phase =
          new Waiting(
              "ImagePullBackOff",
              "Back-off pulling image \"%s\": ErrImagePull: %s"
                  .formatted(image, waiting.message()));
    } else if (isRestartable(policy)) {
      String message =
          "back-off %ds restarting failed container=%s pod=%s"
              .formatted(
                  Duration.between(end.orElseThrow().finishedAt(), notBefore).toSeconds(),
                  spec.name(),
                  pod.describe());
      pod.events().warning(spec.name(), "BackOff", message);
      phase = new Waiting("CrashLoopBackOff", message);
    }
  }

  private boolean isRestartable(RestartPolicy policy) {
    boolean ended =
        phase instanceof Terminated
            || phase instanceof Waiting waiting && waiting.reason().equals("PostStartHookError");
    return ended && end.map(e -> policy.restarts(spec.kind(), e.succeeded())).orElse(false);
  }

  /** Runs the probes that are due; kills the container where one says so. */
  void probe() throws InterruptedException {
    ContainerInstance current = instance.orElse(null);
    if (current == null || probes.isEmpty()) {
      return;
    }
    Probes.Round round = probes.get().run(current, now());
    probes = Optional.of(round.probes());
    round.unhealthy().forEach(why -> pod.events().warning(spec.name(), "Unhealthy", why));
    if (round.kill()) {
      stop(PROBE_KILL_GRACE, StopOrder.NONE);
      observe();
    }
  }

  /** When there may be something to do for it without anything having happened. */
  Stream<Instant> nextTimes() {
    Stream<Instant> shown = phase instanceof Waiting ? Stream.of(shownUntil) : Stream.empty();
    return Stream.concat(shown, probes.flatMap(Probes::due).stream());
  }

  /**
   * Ends the run as the kubelet's killContainer does, all containers of a pod at the same time: the
   * preStop hook at once, then the wait for its turn, then the signal. May be called by another
   * thread than the pod's, which sees the end by {@link #observe}.
   *
   * @param grace for all of it together; a container gets {@link StopOrder#LEAST_GRACE} after the
   *     signal, whatever is left
   */
  void stop(Duration grace, StopOrder order) throws InterruptedException {
    ContainerInstance current = instance.orElse(null);
    try {
      if (current == null || !current.alive()) {
        return;
      }
      pod.events().normal(spec.name(), "Killing", "Stopping container " + spec.name());
      Duration left = grace;
      if (spec.preStop().isPresent() && !left.isZero()) {
        Instant begun = now();
        failure(current.exec(spec.preStop().get(), left), "PreStopHook")
            .ifPresent(why -> pod.events().warning(spec.name(), "FailedPreStopHook", why));
        left = StopOrder.left(left, Duration.between(begun, now()));
      }
      if (!left.isZero()) {
        Instant begun = now();
        order.awaitTurn(spec.name(), left);
        left = StopOrder.left(left, Duration.between(begun, now()));
      }
      current.stop(left.compareTo(StopOrder.LEAST_GRACE) < 0 ? StopOrder.LEAST_GRACE : left);
    } finally {
      order.ended(spec.name());
    }
  }

  void killFromOutside() {
    instance.ifPresent(ContainerInstance::kill);
  }

  /** The pod is gone: whatever runs dies, and its files with it. */
  void discard() {
    instance.ifPresent(
        run -> {
          run.kill();
          run.awaitEnd();
          run.remove();
          instance = Optional.empty();
        });
  }

  /** It will not be started (again): it shows how it ended. */
  void settle() {
    end.filter(ended -> instance.isEmpty()).ifPresent(ended -> phase = ended);
  }

  private void take(ContainerInstance.Ended over, ContainerInstance run) {
    String reason =
        switch (over.exitCode()) {
          case 0 -> "Completed";
          case ContainerInstance.START_ERROR -> "StartError";
          default -> "Error";
        };
    endBefore = end;
    Terminated ended =
        new Terminated(over.exitCode(), reason, run.startedAt(), over.at(), run.id());
    end = Optional.of(ended);
    phase = ended;
    notBefore = restarts.notBefore(over.at());
    probes = Optional.empty();
    instance = Optional.empty();
    run.remove();
  }

  private void pullFailed(Instant now) {
    String why =
        "failed to pull and unpack image \"%s\": failed to resolve reference \"%s\": %s: not found"
            .formatted(image, image, image);
    pod.events().warning(spec.name(), "Failed", "Failed to pull image \"" + image + "\": " + why);
    pod.events().warning(spec.name(), "Failed", "Error: ErrImagePull");
    pulls = pulls.restarted(now, now);
    notBefore = pulls.notBefore(now);
    fail(new Waiting("ErrImagePull", why));
  }

  private void fail(Waiting why) {
    phase = why;
    shownUntil = now().plus(SHOWN);
    notBefore = notBefore.isAfter(shownUntil) ? notBefore : shownUntil;
  }

  private static Optional<String> failure(Exec outcome, String hook) {
    if (outcome instanceof Exec.Exited exited) {
      return exited.code() == 0
          ? Optional.empty()
          : Optional.of("%s failed: command exited with %d".formatted(hook, exited.code()));
    }
    return Optional.of(hook + " failed: " + ((Exec.Failed) outcome).why());
  }

  private Instant now() {
    return pod.settings().clock().instant();
  }

  private static String sha256(String text) {
    try {
      byte[] hash =
          MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(hash);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
