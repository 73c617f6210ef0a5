package io.crashmonitor.operator.inject;

import io.crashmonitor.api.Injection;
import io.crashmonitor.api.Names;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Decides when the sidecar harms the app and has to go: what keeps our container from running for a
 * while, our hook that fails, or pods that are refused since the injection. Pure; what it must
 * remember from turn to turn is in {@link Injection}.
 */
public final class Breaker {
  private static final Set<String> ERRORS =
      Set.of(
          "ErrImagePull",
          "ImagePullBackOff",
          "InvalidImageName",
          "ErrImageNeverPull",
          "CrashLoopBackOff",
          "CreateContainerError",
          "CreateContainerConfigError",
          "RunContainerError");
  private static final String HOOK_ERROR = "PostStartHookError";

  /** A container that crashes in a loop runs for a moment in between: that is no recovery. */
  private static final Duration PROVEN = Duration.ofSeconds(30);

  private Breaker() {}

  /**
   * What is wrong now.
   *
   * @param words the kubelet's
   * @param atOnce whether it needs no time to be sure
   */
  public record Trouble(String words, boolean atOnce) {}

  /**
   * The trouble with a workload's pods; empty while there is none.
   *
   * <p>A hook also fails when the app dies under it: an app that crashes as it starts is no fault
   * of ours, and must be watched rather than given up. So with an exception as the last end the
   * error must last, which it does not where the app only crashes in a loop.
   */
  public static Optional<Trouble> trouble(
      Workload workload, List<InjectedPod> pods, Optional<Injection> injection, Instant now) {
    return pods.stream()
        .filter(pod -> !pod.deleting())
        .flatMap(pod -> trouble(pod, injection, now).stream())
        .min((a, b) -> Boolean.compare(b.atOnce(), a.atOnce()))
        .or(() -> refused(workload, injection));
  }

  /** Whether it is time to take the sidecar out. */
  public static boolean trips(
      Trouble trouble, Optional<Injection> injection, Duration patience, Instant now) {
    return trouble.atOnce()
        || since(injection).filter(since -> !since.plus(patience).isAfter(now)).isPresent();
  }

  /** Since when there has been trouble, as remembered. */
  public static Optional<Instant> since(Optional<Injection> injection) {
    return injection.map(Injection::troubleSince);
  }

  private static Optional<Trouble> trouble(
      InjectedPod pod, Optional<Injection> injection, Instant now) {
    for (InjectedPod.Waiting waiting : pod.waiting()) {
      boolean ours = waiting.container().equals(Names.SIDECAR);
      if (!ours && waiting.reason().equals(HOOK_ERROR)) {
        return Optional.of(new Trouble(words(pod, waiting), !pod.diedOfAnException()));
      }
      if (ours && ERRORS.contains(waiting.reason())) {
        return Optional.of(new Trouble(words(pod, waiting), false));
      }
    }
    boolean betweenCrashes =
        pod.sidecarRestarts() > 0
            && injection.map(Injection::troubleSince).isPresent()
            && pod.sidecarRunningSince().map(s -> s.plus(PROVEN).isAfter(now)).orElse(true);
    return betweenCrashes
        ? Optional.of(new Trouble(injection.map(Injection::trouble).orElse(""), false))
        : Optional.empty();
  }

  private static Optional<Trouble> refused(Workload workload, Optional<Injection> injection) {
    Optional<Instant> injected = injection.map(Injection::time);
    return workload
        .replicaFailure()
        .filter(f -> injected.filter(at -> !f.since().isBefore(at)).isPresent())
        .map(f -> new Trouble(workload.reference() + ": " + f.message(), true));
  }

  private static String words(InjectedPod pod, InjectedPod.Waiting waiting) {
    return "pod "
        + pod.name()
        + ", container "
        + waiting.container()
        + ": "
        + waiting.reason()
        + (waiting.message().isEmpty() ? "" : ": " + waiting.message());
  }
}
