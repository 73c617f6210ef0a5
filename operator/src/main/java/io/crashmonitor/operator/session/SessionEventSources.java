package io.crashmonitor.operator.session;

import io.crashmonitor.api.CrashMonitorSession;
import io.crashmonitor.api.Names;
import io.crashmonitor.api.WorkloadKind;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.apps.DaemonSet;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.javaoperatorsdk.operator.api.config.informer.FieldSelectorBuilder;
import io.javaoperatorsdk.operator.api.config.informer.InformerEventSourceConfiguration;
import io.javaoperatorsdk.operator.api.reconciler.EventSourceContext;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.javaoperatorsdk.operator.processing.event.source.EventSource;
import io.javaoperatorsdk.operator.processing.event.source.IndexerResourceCache;
import io.javaoperatorsdk.operator.processing.event.source.inbound.SimpleInboundEventSource;
import io.javaoperatorsdk.operator.processing.event.source.informer.InformerEventSource;
import io.javaoperatorsdk.operator.processing.event.source.informer.TransformingItemStore;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;

/** The caches that reconciling reads, and what wakes it. */
final class SessionEventSources {
  private static final String BY_TARGET = "by-target";
  private static final String BY_UID = "by-uid";
  private static final String BY_NAMESPACE = "by-namespace";
  private static final String BY_SESSION = "by-session";
  private static final String WINDOWS_NODES = "kubernetes.io/os=windows";

  private final IndexerResourceCache<CrashMonitorSession> sessions;
  private final Map<WorkloadKind, InformerEventSource<? extends HasMetadata, CrashMonitorSession>>
      workloads;
  private final InformerEventSource<Pod, CrashMonitorSession> pods;
  private final InformerEventSource<ConfigMap, CrashMonitorSession> configMaps;
  private final InformerEventSource<Node, CrashMonitorSession> nodes;
  private final SimpleInboundEventSource<CrashMonitorSession> outside =
      new SimpleInboundEventSource<>("storage-and-agents");

  SessionEventSources(EventSourceContext<CrashMonitorSession> context, Surroundings surroundings) {
    sessions = context.getPrimaryCache();
    sessions.addIndexers(
        Map.of(
            BY_TARGET, s -> List.of(TargetConflicts.key(s)),
            BY_UID, s -> List.of(s.getMetadata().getUid()),
            BY_NAMESPACE, s -> List.of(s.getMetadata().getNamespace())));
    // A store is shared by the informers of all namespaces, and one that lists anew clears it.
    boolean oneInformer = context.getControllerConfiguration().getEffectiveNamespaces().size() <= 1;
    workloads =
        Map.of(
            WorkloadKind.Deployment, workloads(Deployment.class, context, oneInformer),
            WorkloadKind.StatefulSet, workloads(StatefulSet.class, context, oneInformer),
            WorkloadKind.DaemonSet, workloads(DaemonSet.class, context, oneInformer));
    pods = pods(context, oneInformer);
    configMaps = configMaps(context);
    nodes = nodes(context);
    surroundings.onStorageChange(
        session -> outside.propagateEvent(new ResourceID(session.name(), session.namespace())));
    surroundings.onAgentChange(agent -> byUid(agent.sessionUid()).forEach(outside::propagateEvent));
  }

  List<EventSource<?, CrashMonitorSession>> all() {
    return List.of(
        workloads.get(WorkloadKind.Deployment),
        workloads.get(WorkloadKind.StatefulSet),
        workloads.get(WorkloadKind.DaemonSet),
        pods,
        configMaps,
        nodes,
        outside);
  }

  Optional<? extends HasMetadata> workload(CrashMonitorSession session) {
    var target = session.getSpec().target();
    return workloads
        .get(target.kind())
        .get(new ResourceID(target.name(), session.getMetadata().getNamespace()));
  }

  /** Lets the next turn see a write before the watch brings it. */
  void wrote(HasMetadata before, HasMetadata after) {
    if (after instanceof Deployment d) {
      put(WorkloadKind.Deployment, before, d);
    } else if (after instanceof StatefulSet s) {
      put(WorkloadKind.StatefulSet, before, s);
    } else if (after instanceof DaemonSet d) {
      put(WorkloadKind.DaemonSet, before, d);
    }
  }

  List<Pod> pods(String sessionUid) {
    return pods.byIndex(BY_SESSION, sessionUid);
  }

  List<CrashMonitorSession> sameTarget(CrashMonitorSession session) {
    return sessions.byIndex(BY_TARGET, TargetConflicts.key(session));
  }

  /** The workload of a session is free: its own writes wake nobody else. */
  void wakeRivals(CrashMonitorSession session) {
    sameTarget(session).stream()
        .filter(s -> !s.getMetadata().getUid().equals(session.getMetadata().getUid()))
        .map(ResourceID::fromResource)
        .forEach(outside::propagateEvent);
  }

  List<CrashMonitorSession> inNamespace(String namespace) {
    return sessions.byIndex(BY_NAMESPACE, namespace);
  }

  /** The CA as it stands in a namespace. */
  Optional<String> ca(String namespace) {
    return configMaps
        .get(new ResourceID(Names.CA_CONFIG_MAP, namespace))
        .map(ConfigMap::getData)
        .map(data -> data.get(Names.CA_FILE));
  }

  List<Cluster.Version> windowsKubelets() {
    return nodes
        .list(node -> true)
        .flatMap(
            node ->
                Optional.ofNullable(node.getStatus())
                    .map(status -> status.getNodeInfo())
                    .flatMap(info -> Cluster.Version.parse(info.getKubeletVersion()))
                    .stream())
        .toList();
  }

  Map<String, String> osBuilds() {
    return nodes
        .list(
            node ->
                node.getStatus() != null
                    && node.getStatus().getNodeInfo() != null
                    && node.getStatus().getNodeInfo().getKernelVersion() != null)
        .collect(
            Collectors.toMap(
                node -> node.getMetadata().getName(),
                node -> node.getStatus().getNodeInfo().getKernelVersion(),
                (a, b) -> b));
  }

  @SuppressWarnings("unchecked")
  private <R extends HasMetadata> void put(WorkloadKind kind, HasMetadata before, R after) {
    ((InformerEventSource<R, CrashMonitorSession>) workloads.get(kind))
        .handleRecentResourceUpdate(ResourceID.fromResource(after), after, (R) before);
  }

  private <R extends HasMetadata> InformerEventSource<R, CrashMonitorSession> workloads(
      Class<R> type, EventSourceContext<CrashMonitorSession> context, boolean oneInformer) {
    return informer(
        InformerEventSourceConfiguration.from(type, CrashMonitorSession.class)
            .withName(type.getSimpleName())
            .withSecondaryToPrimaryMapper(
                w ->
                    ids(
                        sessions.byIndex(
                            BY_TARGET,
                            TargetConflicts.key(
                                w.getMetadata().getNamespace(),
                                type.getSimpleName(),
                                w.getMetadata().getName())))),
        context,
        oneInformer ? Optional.of(Slim::workload) : Optional.empty());
  }

  private InformerEventSource<Pod, CrashMonitorSession> pods(
      EventSourceContext<CrashMonitorSession> context, boolean oneInformer) {
    var source =
        informer(
            InformerEventSourceConfiguration.from(Pod.class, CrashMonitorSession.class)
                .withName("Pod")
                .withLabelSelector(Names.SESSION_UID_LABEL)
                .withSecondaryToPrimaryMapper(pod -> byUid(sessionUid(pod))),
            context,
            oneInformer ? Optional.<UnaryOperator<Pod>>of(Slim::pod) : Optional.empty());
    source.addIndexers(Map.of(BY_SESSION, pod -> List.of(sessionUid(pod))));
    return source;
  }

  private InformerEventSource<ConfigMap, CrashMonitorSession> configMaps(
      EventSourceContext<CrashMonitorSession> context) {
    return informer(
        InformerEventSourceConfiguration.from(ConfigMap.class, CrashMonitorSession.class)
            .withName("ConfigMap")
            .withFieldSelector(
                new FieldSelectorBuilder().withField("metadata.name", Names.CA_CONFIG_MAP).build())
            .withSecondaryToPrimaryMapper(c -> ids(inNamespace(c.getMetadata().getNamespace()))),
        context,
        Optional.empty());
  }

  private InformerEventSource<Node, CrashMonitorSession> nodes(
      EventSourceContext<CrashMonitorSession> context) {
    return informer(
        InformerEventSourceConfiguration.from(Node.class, CrashMonitorSession.class)
            .withName("Node")
            .withLabelSelector(WINDOWS_NODES)
            .withWatchAllNamespaces()
            // Nodes change all the time; a blocked session looks again by itself.
            .withSecondaryToPrimaryMapper(node -> Set.of()),
        context,
        Optional.empty());
  }

  private static <R extends HasMetadata> InformerEventSource<R, CrashMonitorSession> informer(
      InformerEventSourceConfiguration.Builder<R> configuration,
      EventSourceContext<CrashMonitorSession> context,
      Optional<UnaryOperator<R>> slim) {
    slim.ifPresent(s -> configuration.withItemStore(new TransformingItemStore<>(s)));
    // Read by index or name here, so no primary-to-secondary index is needed.
    configuration.<CrashMonitorSession>withPrimaryToSecondaryMapper(session -> Set.of());
    return new InformerEventSource<>(configuration.build(), context);
  }

  private Set<ResourceID> byUid(String uid) {
    return ids(sessions.byIndex(BY_UID, uid));
  }

  private static String sessionUid(Pod pod) {
    return pod.getMetadata().getLabels().getOrDefault(Names.SESSION_UID_LABEL, "");
  }

  private static Set<ResourceID> ids(Collection<CrashMonitorSession> sessions) {
    return sessions.stream().map(ResourceID::fromResource).collect(Collectors.toSet());
  }
}
