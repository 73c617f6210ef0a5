package io.crashmonitor.operator.session;

import io.crashmonitor.api.CrashKind;
import io.crashmonitor.api.CrashMonitorSession;
import io.crashmonitor.api.CrashMonitorSessionStatus;
import io.crashmonitor.api.DumpState;
import io.crashmonitor.api.WorkloadKind;
import io.crashmonitor.operator.agent.AgentSighting;
import io.crashmonitor.operator.inject.InjectedPod;
import io.crashmonitor.operator.inject.LiveInjection;
import io.crashmonitor.operator.inject.Rollout;
import io.crashmonitor.operator.inject.SidecarSettings;
import io.crashmonitor.operator.inject.Workload;
import io.crashmonitor.operator.session.SessionStatusFactory.Written;
import io.crashmonitor.operator.storage.StorageFault;
import io.crashmonitor.operator.storage.StorageSnapshot;
import io.crashmonitor.operator.storage.StoredCrash;
import io.crashmonitor.report.CrashId;
import io.crashmonitor.report.ExitCode;
import io.crashmonitor.report.ExitCodeSource;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;

/** Builds observations for tests: a session, its target, and what is seen of both. */
final class Scene {
  static final Instant CREATED = Instant.parse("2026-11-22T08:00:00Z");
  static final String UID = "6d1c2a5e-5a0b-4a52-9d1f-0c4d6b1f7a01";
  static final String IMAGE = "sidecar:2";
  private static final KubernetesSerialization YAML = new KubernetesSerialization();

  private CrashMonitorSession session;
  private Instant now = CREATED.plusSeconds(60);
  private String template = Manifests.deployment("checkout");
  private boolean targetThere = true;
  private Optional<LiveInjection> injection = Optional.empty();
  private Rollout rollout = new Rollout(true, false, "3 of 3 pods are of the present template");
  private Optional<Workload.ReplicaFailure> replicaFailure = Optional.empty();
  private final Map<String, String> workloadAnnotations = new HashMap<>();
  private final List<InjectedPod> pods = new ArrayList<>();
  private static final String AUTH = "{secretRef: {name: shop}}";

  private Optional<String> older = Optional.empty();
  private Optional<StorageFault> fault = Optional.empty();
  private boolean storageRead = true;
  private Optional<String> ledgerRun = Optional.empty();
  private Optional<String> readAt = Optional.empty();
  private final List<StoredCrash> stored = new ArrayList<>();
  private final Map<String, AgentSighting> agents = new HashMap<>();
  private Instant agentsSince = CREATED;
  private Cluster cluster =
      new Cluster(Cluster.Version.parse("1.36"), List.of(), Map.of(), ServedFields.ALL);
  private boolean licence = true;
  private Optional<String> refusal = Optional.empty();

  private Scene(String more) {
    this(more, AUTH);
  }

  private Scene(String more, String auth) {
    String manifest = Manifests.session("checkout", "checkout", more).replace(AUTH, auth);
    session = YAML.unmarshal(manifest, CrashMonitorSession.class);
    session.getMetadata().setNamespace("shop");
    session.getMetadata().setUid(UID);
    session.getMetadata().setGeneration(1L);
    session.getMetadata().setCreationTimestamp(CREATED.toString());
    session.getMetadata().setAnnotations(new HashMap<>());
  }

  /**
   * @param more lines of the spec, indented by two
   */
  static Scene of(String more) {
    return new Scene(more);
  }

  /** One that asks for what is not built yet. */
  static Scene withWorkloadIdentity() {
    return new Scene("", "{workloadIdentity: {}}");
  }

  static Scene fresh() {
    return of("");
  }

  /** One whose sidecar is in and whose pods run, with the debugger on. */
  static Scene monitoring() {
    return monitoring("");
  }

  static Scene monitoring(String more) {
    return of(more)
        .injected()
        .pod("checkout-1", p -> p)
        .remember(Written.Injected)
        .at(Duration.ofMinutes(2));
  }

  Scene at(Duration afterCreation) {
    now = CREATED.plus(afterCreation);
    return this;
  }

  Scene annotate(String annotation, Instant at) {
    session.getMetadata().getAnnotations().put(annotation, at.toString());
    return this;
  }

  Scene annotate(String annotation, String value) {
    session.getMetadata().getAnnotations().put(annotation, value);
    return this;
  }

  /** Another spec, and so another generation. */
  Scene respec(String more) {
    CrashMonitorSession changed = new Scene(more).session;
    session.setSpec(changed.getSpec());
    session.getMetadata().setGeneration(session.getMetadata().getGeneration() + 1);
    return this;
  }

  Scene storageContainer(String name) {
    return edited("crash-dumps", name);
  }

  Scene cloud(String name) {
    return edited("cloud: \"?Public\"?", "cloud: " + name);
  }

  private Scene edited(String pattern, String replacement) {
    CrashMonitorSession edited =
        YAML.unmarshal(
            YAML.asYaml(session).replaceAll(pattern, replacement), CrashMonitorSession.class);
    session.setSpec(edited.getSpec());
    return this;
  }

  Scene container(String name) {
    CrashMonitorSession named =
        YAML.unmarshal(
            Manifests.session("checkout", "checkout", "")
                .replace(
                    "name: checkout}\n  storage",
                    "name: checkout, container: " + name + "}\n  storage"),
            CrashMonitorSession.class);
    session.setSpec(named.getSpec());
    return this;
  }

  Scene injected() {
    return injectedWith(IMAGE);
  }

  Scene injectedWith(String image) {
    return injected(SceneInjections.hooked(image));
  }

  Scene injectedForRuntime() {
    return injected(SceneInjections.forRuntime());
  }

  Scene injectedWithoutHook() {
    return injected(SceneInjections.withoutHook());
  }

  Scene unlabelled(String uid) {
    return injected(SceneInjections.unlabelled(uid));
  }

  private Scene injected(LiveInjection live) {
    injection = Optional.of(live);
    return this;
  }

  Scene wiped() {
    injection = Optional.empty();
    return this;
  }

  Scene noTarget() {
    targetThere = false;
    return this;
  }

  Scene template(UnaryOperator<String> change) {
    template = change.apply(template);
    return this;
  }

  Scene annotateWorkload(String annotation, String value) {
    workloadAnnotations.put(annotation, value);
    return this;
  }

  Scene rollout(Rollout now) {
    rollout = now;
    return this;
  }

  Scene replicaFailure(String message, Instant since) {
    replicaFailure = Optional.of(new Workload.ReplicaFailure(message, since));
    return this;
  }

  Scene older(String name) {
    older = Optional.of(name);
    return this;
  }

  Scene fault(StorageFault now) {
    fault = Optional.of(now);
    return this;
  }

  Scene storageUnread() {
    storageRead = false;
    return this;
  }

  Scene cluster(String server, String... kubelets) {
    cluster =
        new Cluster(
            Cluster.Version.parse(server),
            List.of(kubelets).stream().flatMap(k -> Cluster.Version.parse(k).stream()).toList(),
            Map.of(),
            cluster.served());
    return this;
  }

  /** The cluster's definition lacks these fields. */
  Scene definitionWithout(String... fields) {
    cluster =
        new Cluster(
            cluster.server(),
            cluster.kubelets(),
            cluster.osBuilds(),
            new ServedFields(Set.of(fields)));
    return this;
  }

  Scene noLicence() {
    licence = false;
    return this;
  }

  Scene refused(String words) {
    refusal = Optional.of(words);
    return this;
  }

  Scene dumps(int count) {
    for (int i = 0; i < count; i++) {
      stored.add(crash(100 + i, DumpState.Stored));
    }
    return this;
  }

  /** Crashes of which only the analysis is kept. */
  Scene analysed(int count) {
    for (int i = 0; i < count; i++) {
      stored.add(crash(100 + i, DumpState.None));
    }
    return this;
  }

  Scene stored(StoredCrash crash) {
    stored.add(crash);
    return this;
  }

  /** As to an operator that has just started: no agent has spoken to it yet. */
  Scene silent() {
    agents.clear();
    agentsSince = now;
    return this;
  }

  /** Storage was last read for this run. */
  Scene readFor(String runId) {
    ledgerRun = Optional.of(runId);
    return this;
  }

  /** Storage was last read at this place. */
  Scene readAt(String place) {
    readAt = Optional.of(place);
    return this;
  }

  Scene noDumps() {
    stored.clear();
    return this;
  }

  Scene noPods() {
    pods.clear();
    return this;
  }

  /** A pod that runs with the debugger on, changed as the test wants. */
  Scene pod(String name, UnaryOperator<ScenePod> change) {
    ScenePod pod = change.apply(new ScenePod());
    pods.removeIf(p -> p.name().equals(name));
    pods.add(pod.named(name));
    pod.sighting(name).ifPresent(sighting -> agents.put(sighting.podUid(), sighting));
    return this;
  }

  /** Writes the status of this moment, as the reconciler does. */
  Scene remember() {
    return remember(Written.Nothing);
  }

  Scene remember(Written written) {
    session.setStatus(status(written));
    return this;
  }

  /** Writes the status as the operator does when it cannot finish a turn. */
  Scene failTurn() {
    session.setStatus(
        TurnFailure.status(
            session.getStatus(),
            session.getMetadata().getGeneration(),
            new IllegalStateException(),
            now));
    return this;
  }

  Scene target() {
    targetThere = true;
    return this;
  }

  Plan plan() {
    return SessionPlanner.plan(situation());
  }

  CrashMonitorSessionStatus status() {
    return status(Written.Nothing);
  }

  CrashMonitorSessionStatus status(Written written) {
    return SessionStatusFactory.status(situation(), plan().standing(), written);
  }

  Situation situation() {
    return Situation.of(observation());
  }

  Instant now() {
    return now;
  }

  private Observation observation() {
    if (!storageRead) {
      return observation(Optional.empty());
    }
    String run = ledgerRun.orElseGet(() -> Situation.of(observation(Optional.empty())).run().id());
    return observation(
        Optional.of(
            new StorageSnapshot(
                now,
                readAt.orElseGet(() -> Situation.place(session.getSpec())),
                run,
                stored,
                fault,
                stored.size(),
                Set.of())));
  }

  private Observation observation(Optional<StorageSnapshot> storage) {
    return new Observation(
        session,
        now,
        targetThere ? Optional.of(workload()) : Optional.empty(),
        pods,
        older,
        storage,
        agents,
        agentsSince,
        cluster,
        new SessionSettings(
            new SidecarSettings(IMAGE, "https://x", List.of(), "50m", "96Mi", "256Mi"),
            "test",
            licence,
            Duration.ofSeconds(30),
            Duration.ofMinutes(5),
            Duration.ofMinutes(2)),
        refusal);
  }

  private Workload workload() {
    Deployment deployment = YAML.unmarshal(template, Deployment.class);
    deployment.getMetadata().setNamespace("shop");
    deployment.getMetadata().setUid("workload-uid");
    Workload plain = Workload.of(deployment);
    return new Workload(
        WorkloadKind.Deployment,
        "shop",
        "checkout",
        "workload-uid",
        false,
        workloadAnnotations,
        plain.template(),
        rollout,
        replicaFailure,
        injection.orElse(plain.injection()));
  }

  private StoredCrash crash(int pid, DumpState dump) {
    return new StoredCrash(
        CrashId.of("pod", pid, CREATED),
        situation().run().id(),
        "checkout-1",
        "pod",
        "app",
        "app.exe",
        pid,
        Optional.of(CREATED),
        CREATED.plusSeconds(pid),
        CrashKind.Crash,
        new ExitCode(0xC0000005),
        ExitCodeSource.AttachHelper,
        dump,
        Optional.of("x.dmp"),
        "",
        "",
        "",
        true,
        Optional.of(0),
        Optional.empty(),
        false,
        Optional.empty());
  }
}
