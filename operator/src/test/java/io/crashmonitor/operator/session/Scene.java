package io.crashmonitor.operator.session;

import io.crashmonitor.agent.AgentState;
import io.crashmonitor.agent.AttachPhase;
import io.crashmonitor.api.CaptureEngine;
import io.crashmonitor.api.CrashKind;
import io.crashmonitor.api.CrashMonitorSession;
import io.crashmonitor.api.CrashMonitorSessionStatus;
import io.crashmonitor.api.DumpState;
import io.crashmonitor.api.Names;
import io.crashmonitor.api.Reasons;
import io.crashmonitor.api.WorkloadKind;
import io.crashmonitor.operator.agent.AgentSighting;
import io.crashmonitor.operator.inject.InjectedPod;
import io.crashmonitor.operator.inject.LiveInjection;
import io.crashmonitor.operator.inject.OwnedFields;
import io.crashmonitor.operator.inject.Rollout;
import io.crashmonitor.operator.inject.SidecarSettings;
import io.crashmonitor.operator.inject.Termination;
import io.crashmonitor.operator.inject.Workload;
import io.crashmonitor.operator.session.SessionStatusFactory.Written;
import io.crashmonitor.operator.storage.StorageFault;
import io.crashmonitor.operator.storage.StorageSnapshot;
import io.crashmonitor.operator.storage.StoredCrash;
import io.crashmonitor.report.CrashId;
import io.crashmonitor.report.ExitCode;
import io.crashmonitor.report.ExitCodeSource;
import io.fabric8.kubernetes.api.model.ContainerBuilder;
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
  private final List<StoredCrash> stored = new ArrayList<>();
  private final Map<String, AgentSighting> agents = new HashMap<>();
  private Instant agentsSince = CREATED;
  private Cluster cluster = new Cluster(Cluster.Version.parse("1.36"), List.of(), Map.of());
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
    CrashMonitorSession named =
        YAML.unmarshal(
            YAML.asYaml(session).replace("crash-dumps", name), CrashMonitorSession.class);
    session.setSpec(named.getSpec());
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
    injection =
        Optional.of(
            new LiveInjection(
                Optional.of(UID),
                Optional.of(
                    new ContainerBuilder().withName(Names.SIDECAR).withImage(image).build()),
                true,
                List.of("app"),
                List.of("app"),
                Map.of(),
                new OwnedFields(
                    true,
                    Set.of("app"),
                    Set.of("app"),
                    Map.of(),
                    Set.of(Names.SIDECAR),
                    Set.of())));
    return this;
  }

  /** With what makes the .NET runtime write full dumps, instead of the hook. */
  Scene injectedForRuntime() {
    Map<String, String> entries =
        Map.of(
            "DOTNET_DbgEnableMiniDump", "1",
            "DOTNET_DbgMiniDumpType", "4",
            "DOTNET_DbgMiniDumpName", "C:\\x.dmp");
    injection =
        Optional.of(
            new LiveInjection(
                Optional.of(UID),
                Optional.of(
                    new ContainerBuilder()
                        .withName(Names.SIDECAR)
                        .withImage(IMAGE)
                        .addNewEnv()
                        .withName(Names.ENV_ENGINE)
                        .withValue("CreateDump")
                        .endEnv()
                        .build()),
                true,
                List.of("app"),
                List.of(),
                Map.of("app", entries),
                new OwnedFields(
                    true,
                    Set.of("app"),
                    Set.of(),
                    Map.of("app", entries.keySet()),
                    Set.of(Names.SIDECAR),
                    Set.of())));
    return this;
  }

  /** Without the hook: the user's command starts the helper. */
  Scene injectedWithoutHook() {
    injected();
    LiveInjection hooked = injection.orElseThrow();
    injection =
        Optional.of(
            new LiveInjection(
                hooked.sessionUid(),
                hooked.sidecar(),
                true,
                hooked.mounts(),
                List.of(),
                Map.of(),
                hooked.owned()));
    return this;
  }

  /** Somebody took the label away and left the sidecar of that session. */
  Scene unlabelled(String uid) {
    LiveInjection whole = injected().injection.orElseThrow();
    injection =
        Optional.of(
            new LiveInjection(
                Optional.empty(),
                whole
                    .sidecar()
                    .map(
                        c ->
                            c.edit()
                                .addNewEnv()
                                .withName(Names.ENV_SESSION_UID)
                                .withValue(uid)
                                .endEnv()
                                .build()),
                whole.volumes(),
                whole.mounts(),
                whole.hooks(),
                Map.of(),
                whole.owned()));
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
            Map.of());
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

  /** Storage was last read for this run. */
  Scene readFor(String runId) {
    ledgerRun = Optional.of(runId);
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
  Scene pod(String name, UnaryOperator<Pod> change) {
    Pod pod = change.apply(new Pod());
    pods.removeIf(p -> p.name().equals(name));
    pods.add(
        new InjectedPod(
            name,
            name + "-uid",
            "win1",
            "app",
            pod.engine,
            "shop/checkout:7",
            Optional.of("shop/checkout@sha256:7"),
            CREATED,
            pod.deletedAt,
            pod.debugged,
            pod.runningSince,
            pod.restarts,
            pod.waiting,
            pod.ends,
            pod.attached));
    if (pod.spokeAt.isPresent()) {
      agents.put(
          name + "-uid",
          new AgentSighting(
              name + "-uid",
              UID,
              pod.spokeAt.get(),
              new AgentState(
                  AttachPhase.Attached,
                  "",
                  "",
                  pod.spokeAt.get(),
                  List.of(),
                  List.of(),
                  0,
                  0,
                  pod.installation)));
    }
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
        Optional.of(new StorageSnapshot(now, run, stored, fault, stored.size(), Set.of())));
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
        false);
  }

  /** What a test changes of a pod. */
  static final class Pod {
    private Optional<Instant> deletedAt = Optional.empty();
    private boolean debugged;
    private String installation = "Server Core";
    private CaptureEngine engine = CaptureEngine.ProcDump;
    private Optional<Instant> runningSince = Optional.of(CREATED);
    private int restarts;
    private List<InjectedPod.Waiting> waiting = List.of();
    private List<Termination> ends = List.of();
    private Optional<InjectedPod.Attached> attached =
        Optional.of(new InjectedPod.Attached(true, "Attached", "", CREATED));
    private Optional<Instant> spokeAt = Optional.of(CREATED.plusSeconds(100));

    Pod sidecarWaits(String reason, String message) {
      waiting = List.of(new InjectedPod.Waiting(Names.SIDECAR, reason, message));
      runningSince = Optional.empty();
      return detached("", "");
    }

    Pod appWaits(String reason, String message) {
      waiting = List.of(new InjectedPod.Waiting("app", reason, message));
      return this;
    }

    Pod appDied(int exitCode) {
      ends =
          List.of(
              new Termination(
                  CREATED.plusSeconds(90),
                  CREATED.plusSeconds(91),
                  new ExitCode(exitCode),
                  0,
                  "Error"));
      return this;
    }

    /** Injected for CreateDump, and its agent says so. */
    Pod byRuntime() {
      engine = CaptureEngine.CreateDump;
      attached =
          Optional.of(new InjectedPod.Attached(true, Reasons.RUNTIME_WRITES_DUMPS, "", CREATED));
      return this;
    }

    Pod installation(String type) {
      installation = type;
      return this;
    }

    Pod detached(String reason, String message) {
      attached = Optional.of(new InjectedPod.Attached(false, reason, message, CREATED));
      return this;
    }

    Pod debugged() {
      debugged = true;
      return this;
    }

    Pod restarted(int times, Instant runningSince) {
      restarts = times;
      this.runningSince = Optional.of(runningSince);
      return this;
    }

    Pod spoke(Instant at) {
      spokeAt = Optional.of(at);
      return this;
    }

    Pod ended(Termination end) {
      ends = List.of(end);
      return this;
    }
  }
}
