package io.crashmonitor.operator.session;

import io.crashmonitor.api.CrashMonitorSession;
import io.crashmonitor.operator.inject.Workload;
import io.crashmonitor.operator.inject.WorkloadApplier;
import io.crashmonitor.operator.inject.WorkloadApplier.Outcome;
import io.crashmonitor.operator.session.SessionStatusFactory.Written;
import io.fabric8.kubernetes.api.model.HasMetadata;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Carries a plan out on the workload, and says what became of it. */
final class WorkloadActions {
  private static final Logger LOG = LoggerFactory.getLogger(WorkloadActions.class);

  private final WorkloadApplier applier;
  private final SessionSettings settings;
  private final Surroundings surroundings;

  WorkloadActions(WorkloadApplier applier, SessionSettings settings, Surroundings surroundings) {
    this.applier = applier;
    this.settings = settings;
    this.surroundings = surroundings;
  }

  /**
   * What a plan led to.
   *
   * @param workload as it is now; empty when it is gone
   * @param refusal the API server's words
   */
  record Result(Written written, Optional<Workload> workload, Optional<String> refusal) {}

  Result carryOut(
      Plan plan, Situation s, Optional<? extends HasMetadata> live, SessionEventSources sources) {
    Optional<Workload> workload = s.seen().workload();
    if (workload.isEmpty() || live.isEmpty()) {
      return new Result(Written.Nothing, workload, Optional.empty());
    }
    if (plan instanceof Plan.Inject inject) {
      keepCa(workload.get().namespace(), sources);
      Outcome outcome =
          applier.inject(
              workload.get(), s.uid(), inject.container(), inject.capture(), settings.sidecar());
      return result(
          outcome,
          inject.heal() ? Written.Healed : Written.Injected,
          s.seen().session(),
          live.get(),
          workload.get(),
          sources);
    }
    if (plan instanceof Plan.Release) {
      return result(
          applier.release(workload.get()),
          Written.Released,
          s.seen().session(),
          live.get(),
          workload.get(),
          sources);
    }
    if (s.injected()) {
      keepCa(workload.get().namespace(), sources);
    }
    return new Result(Written.Nothing, workload, Optional.empty());
  }

  /**
   * Takes our parts out of the workload of a session that is being deleted.
   *
   * @return the API server's words when it does not let them go
   */
  Optional<String> releaseForGood(
      CrashMonitorSession session,
      Optional<? extends HasMetadata> live,
      SessionEventSources sources) {
    Optional<Workload> workload = live.map(Workload::of);
    String uid = session.getMetadata().getUid();
    boolean ours = workload.map(Workload::injection).filter(i -> i.mayBeOf(uid)).isPresent();
    Optional<String> refusal =
        ours
            ? result(
                    applier.release(workload.get()),
                    Written.Released,
                    session,
                    live.get(),
                    workload.get(),
                    sources)
                .refusal()
            : Optional.empty();
    String namespace = session.getMetadata().getNamespace();
    if (refusal.isEmpty()
        && sources.ca(namespace).isPresent()
        && sources.inNamespace(namespace).stream()
            .allMatch(other -> other.getMetadata().getUid().equals(uid))) {
      applier.removeCa(namespace);
    }
    return refusal;
  }

  private void keepCa(String namespace, SessionEventSources sources) {
    String ca = surroundings.caPem();
    if (!sources.ca(namespace).filter(ca::equals).isPresent()) {
      applier.applyCa(namespace, ca);
    }
  }

  private static Result result(
      Outcome outcome,
      Written written,
      CrashMonitorSession session,
      HasMetadata before,
      Workload workload,
      SessionEventSources sources) {
    if (outcome instanceof Outcome.Applied applied) {
      sources.wrote(before, applied.resource());
      LOG.atInfo()
          .addKeyValue("session", session.getMetadata().getName())
          .addKeyValue("namespace", session.getMetadata().getNamespace())
          .addKeyValue("workload", workload.reference())
          .log("{} the sidecar", written);
      return new Result(written, Optional.of(Workload.of(applied.resource())), Optional.empty());
    }
    if (outcome instanceof Outcome.Refused refused) {
      LOG.atWarn()
          .addKeyValue("session", session.getMetadata().getName())
          .addKeyValue("namespace", session.getMetadata().getNamespace())
          .addKeyValue("workload", workload.reference())
          .log("the API server refused the apply: {}", refused.words());
      return new Result(Written.Nothing, Optional.of(workload), Optional.of(refused.words()));
    }
    return new Result(Written.Nothing, Optional.empty(), Optional.empty());
  }
}
