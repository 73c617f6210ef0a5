package io.crashmonitor.operator.session;

import io.crashmonitor.api.CrashMonitorSession;
import io.crashmonitor.operator.agent.AgentSighting;
import io.crashmonitor.operator.inject.Injectability;
import io.crashmonitor.operator.inject.InjectedPod;
import io.crashmonitor.operator.inject.Workload;
import io.crashmonitor.operator.storage.ResourceKey;
import io.fabric8.kubernetes.api.model.HasMetadata;
import java.time.Clock;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Gathers an observation, from caches only. */
final class SessionObserver {
  private final SessionSettings settings;
  private final Surroundings surroundings;
  private final Optional<Cluster.Version> server;
  private final DefinitionWatch definition;
  private final Clock clock;

  SessionObserver(
      SessionSettings settings,
      Surroundings surroundings,
      Optional<Cluster.Version> server,
      DefinitionWatch definition,
      Clock clock) {
    this.settings = settings;
    this.surroundings = surroundings;
    this.server = server;
    this.definition = definition;
    this.clock = clock;
  }

  Observation observe(
      CrashMonitorSession session,
      Optional<? extends HasMetadata> target,
      SessionEventSources sources) {
    var meta = session.getMetadata();
    Optional<Workload> workload = target.<Workload>map(Workload::of).filter(w -> !w.deleting());
    String container =
        workload.flatMap(w -> Injectability.container(w, session.getSpec().target())).orElse("");
    List<InjectedPod> pods =
        sources.pods(meta.getUid()).stream()
            .filter(pod -> pod.getMetadata().getNamespace().equals(meta.getNamespace()))
            .map(pod -> InjectedPod.of(pod, container))
            .toList();
    return new Observation(
        session,
        clock.instant(),
        workload,
        pods,
        TargetConflicts.olderSession(session, sources.sameTarget(session)),
        surroundings.snapshot(key(session)),
        agents(pods),
        surroundings.agentsSince(),
        new Cluster(server, sources.windowsKubelets(), sources.osBuilds(), definition.fields()),
        settings,
        Optional.empty());
  }

  static ResourceKey key(CrashMonitorSession session) {
    var meta = session.getMetadata();
    return new ResourceKey(meta.getNamespace(), meta.getName(), meta.getUid());
  }

  private Map<String, AgentSighting> agents(List<InjectedPod> pods) {
    Map<String, AgentSighting> agents = new HashMap<>();
    pods.forEach(pod -> surroundings.sighting(pod.uid()).ifPresent(s -> agents.put(pod.uid(), s)));
    return agents;
  }
}
