package io.crashmonitor.operator.session;

import io.crashmonitor.api.CrashMonitorSessionStatus;
import io.crashmonitor.api.CrashSummary;
import io.crashmonitor.api.DumpState;
import io.crashmonitor.api.Injection;
import io.crashmonitor.api.Phase;
import io.crashmonitor.api.Reasons;
import io.fabric8.kubernetes.api.model.Condition;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;

/** What happened between two statuses that a person should hear of. Pure. */
final class SessionEvents {
  private static final String READY = "Ready";

  private SessionEvents() {}

  /**
   * @param warning whether it is bad news
   * @param action what the operator did, in one word
   * @param key tells two happenings of one reason apart; the same happening has the same key
   */
  record Happening(boolean warning, String reason, String action, String key, String note) {}

  static List<Happening> between(
      Optional<CrashMonitorSessionStatus> before, CrashMonitorSessionStatus now) {
    List<Happening> all = new ArrayList<>();
    injection(before, now).ifPresent(all::add);
    trouble(before, now).ifPresent(all::add);
    boolean sameRun =
        before
            .map(CrashMonitorSessionStatus::run)
            .filter(r -> r.id().equals(now.run().id()))
            .isPresent();
    if (sameRun || before.isEmpty()) {
      crashes(before, now, all);
    }
    if (now.completion() != null
        && !Objects.equals(
            now.completion(), before.map(CrashMonitorSessionStatus::completion).orElse(null))) {
      all.add(
          new Happening(
              false,
              "SessionCompleted",
              "Complete",
              now.run().id() + now.completion(),
              "The run ended: "
                  + now.completion().reason()
                  + ", "
                  + now.dumpCount()
                  + " dumps in storage."));
    }
    return all;
  }

  /**
   * A deletion that has to wait.
   *
   * @param words the API server's
   */
  static Happening releaseRefused(String words) {
    return new Happening(
        true,
        "ReleaseRefused",
        "Release",
        words,
        "The session is deleted once its sidecar is out of the workload, which the API server did"
            + " not allow: "
            + words
            + ". Remove what is in the way; it is tried again every minute.");
  }

  private static Optional<Happening> injection(
      Optional<CrashMonitorSessionStatus> before, CrashMonitorSessionStatus now) {
    Optional<Injection> was = before.map(CrashMonitorSessionStatus::injection);
    if (now.injection() == null) {
      return was.map(
          w ->
              new Happening(
                  false,
                  "SidecarReleased",
                  "Release",
                  String.valueOf(w.time()),
                  "The workload no longer carries the sidecar."));
    }
    boolean anew = !Objects.equals(was.map(Injection::time).orElse(null), now.injection().time());
    return anew
        ? Optional.of(
            new Happening(
                false,
                "SidecarInjected",
                "Inject",
                String.valueOf(now.injection().time()),
                "The sidecar was put into the workload's template."))
        : Optional.empty();
  }

  private static Optional<Happening> trouble(
      Optional<CrashMonitorSessionStatus> before, CrashMonitorSessionStatus now) {
    Condition ready = Conditions.find(now.conditions(), READY).orElseThrow();
    String reasonBefore =
        before
            .flatMap(b -> Conditions.find(b.conditions(), READY))
            .map(Condition::getReason)
            .orElse("");
    boolean told = ready.getReason().equals(reasonBefore);
    boolean failed =
        now.phase() == Phase.Failed
            && (ready.getReason().equals(Reasons.INJECTION_FAILED)
                || ready.getReason().equals(Reasons.HEAL_LIMIT_REACHED));
    if (told || !(failed || ready.getReason().equals(Reasons.FIELD_CONFLICT))) {
      return Optional.empty();
    }
    return Optional.of(
        new Happening(
            true,
            failed ? Reasons.INJECTION_FAILED : Reasons.FIELD_CONFLICT,
            "Inject",
            ready.getLastTransitionTime() + ready.getReason(),
            ready.getMessage()));
  }

  private static void crashes(
      Optional<CrashMonitorSessionStatus> before,
      CrashMonitorSessionStatus now,
      List<Happening> all) {
    Map<String, CrashSummary> known =
        before.map(CrashMonitorSessionStatus::recentCrashes).orElse(List.of()).stream()
            .collect(Collectors.toMap(CrashSummary::id, c -> c, (a, b) -> a));
    for (CrashSummary crash : now.recentCrashes()) {
      CrashSummary was = known.get(crash.id());
      if (was == null) {
        all.add(
            new Happening(
                true, "CrashDetected", "Observe", crash.id(), crash.pod() + ": " + crash.code()));
      }
      if (crash.dump() == DumpState.Stored && (was == null || was.dump() != DumpState.Stored)) {
        all.add(
            new Happening(
                false, "DumpStored", "Store", crash.id(), crash.pod() + ": " + crash.blob()));
      }
    }
  }
}
