package io.crashmonitor.operator;

import io.crashmonitor.agent.AgentProtocol;
import io.crashmonitor.operator.agent.AgentCertificates;
import io.crashmonitor.operator.agent.AgentRegistry;
import io.crashmonitor.operator.agent.AgentServer;
import io.crashmonitor.operator.agent.SessionBoard;
import io.crashmonitor.operator.console.KubernetesContainerLogs;
import io.crashmonitor.operator.console.PreviousLogs;
import io.crashmonitor.operator.inject.SidecarSettings;
import io.crashmonitor.operator.session.DefinitionWatch;
import io.crashmonitor.operator.session.LiveSurroundings;
import io.crashmonitor.operator.session.SessionReconciler;
import io.crashmonitor.operator.session.SessionSettings;
import io.crashmonitor.operator.storage.AzureDumpStores;
import io.crashmonitor.operator.storage.DeletedSessions;
import io.crashmonitor.operator.storage.DumpPlaces;
import io.crashmonitor.operator.storage.StorageCrashRecorder;
import io.crashmonitor.operator.storage.StorageWatch;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.javaoperatorsdk.operator.Operator;
import io.javaoperatorsdk.operator.processing.retry.GenericRetry;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Base64;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** All parts of the operator, wired and running. Closing stops them in the opposite order. */
public final class OperatorProcess implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(OperatorProcess.class);
  private static final Duration RETRY_FIRST = Duration.ofSeconds(1);
  private static final double RETRY_FACTOR = 2;
  private static final Duration RETRY_LONGEST = Duration.ofMinutes(1);
  private static final Duration CERTIFICATE_CHECK = Duration.ofHours(1);
  private static final int CLUSTER_NAME_LENGTH = 8;

  private final Deque<AutoCloseable> running = new ArrayDeque<>();
  private volatile boolean ready;
  private AgentServer agents;
  private HealthServer health;

  private OperatorProcess() {}

  /**
   * Starts all parts and waits until the caches are filled.
   *
   * @param client stays the caller's to close
   */
  public static OperatorProcess start(OperatorConfig config, KubernetesClient client, Clock clock) {
    OperatorProcess process = new OperatorProcess();
    try {
      process.startAll(config, client, clock);
      return process;
    } catch (RuntimeException e) {
      process.close();
      throw e;
    }
  }

  /** Where the agent endpoint listens. */
  public int agentPort() {
    return agents.port();
  }

  /** Where {@code /livez} and {@code /readyz} are. */
  public int healthPort() {
    return health.port();
  }

  @Override
  public synchronized void close() {
    ready = false;
    for (AutoCloseable part = running.pollLast(); part != null; part = running.pollLast()) {
      try {
        part.close();
      } catch (Exception e) {
        LOG.atWarn().setCause(e).log("a part did not stop in order");
      }
    }
  }

  private void startAll(OperatorConfig config, KubernetesClient client, Clock clock) {
    health = running(HealthServer.start(config.healthPort(), () -> true, () -> ready));
    SessionBoard board = new SessionBoard();
    AgentRegistry registry = new AgentRegistry(clock);
    AzureDumpStores stores =
        new AzureDumpStores(
            (namespace, name) -> secret(client, namespace, name), config.blobEndpoints(), clock);
    DumpPlaces places = new DumpPlaces(stores, clock);
    StorageWatch storage = running(new StorageWatch(stores, clock, config.storagePoll()));
    StorageCrashRecorder recorder = running(new StorageCrashRecorder(places, storage));
    PreviousLogs logs =
        running(
            new PreviousLogs(
                new KubernetesContainerLogs(client),
                (target, crash, log, exception) -> {
                  places.addLog(target, crash, log, exception);
                  storage.hurry(target.session());
                }));
    AgentCertificates certificates =
        AgentCertificates.open(
            client,
            config.namespace(),
            Set.copyOf(List.of(config.serviceHost(), config.agentUrl().getHost())),
            clock);
    agents =
        running(
            AgentServer.start(
                new AgentServer.Parts(
                    client,
                    board,
                    registry,
                    places,
                    storage::hurry,
                    clock,
                    AgentProtocol.LONGEST_POLL),
                certificates,
                config.agentPort()));
    keepCertificates(certificates);
    LiveSurroundings surroundings =
        new LiveSurroundings(
            storage,
            registry,
            recorder,
            logs,
            running(new DeletedSessions(places, clock)),
            certificates::caPem);
    Operator operator =
        new Operator(
            o ->
                o.withKubernetesClient(client)
                    .withCloseClientOnStop(false)
                    .withParseResourceVersions(true));
    operator.register(
        new SessionReconciler(
            client,
            settings(config, client),
            surroundings,
            board,
            running(DefinitionWatch.start(client)),
            clock),
        c -> {
          if (!config.watchNamespaces().isEmpty()) {
            c.settingNamespaces(Set.copyOf(config.watchNamespaces()));
          }
          c.withRetry(retry());
        });
    running.addLast(operator::stop);
    operator.start();
    ready = true;
    LOG.atInfo().log("crash-monitor is ready");
  }

  /** What fails because of the world is tried again for ever, ever more slowly. */
  private static GenericRetry retry() {
    return new GenericRetry()
        .setInitialInterval(RETRY_FIRST)
        .setIntervalMultiplier(RETRY_FACTOR)
        .setMaxInterval(RETRY_LONGEST.toMillis())
        .withoutMaxAttempts();
  }

  private void keepCertificates(AgentCertificates certificates) {
    ScheduledExecutorService thread =
        Executors.newSingleThreadScheduledExecutor(
            task -> {
              Thread t = new Thread(task, "certificates");
              t.setDaemon(true);
              return t;
            });
    running.addLast(thread::shutdownNow);
    thread.scheduleWithFixedDelay(
        () -> refresh(certificates),
        CERTIFICATE_CHECK.toSeconds(),
        CERTIFICATE_CHECK.toSeconds(),
        TimeUnit.SECONDS);
  }

  private void refresh(AgentCertificates certificates) {
    try {
      if (certificates.refresh()) {
        agents.use(certificates);
      }
    } catch (RuntimeException e) {
      LOG.atWarn()
          .addKeyValue("why", e.getMessage())
          .log("the agent endpoint's certificate could not be checked; tried again in an hour");
    }
  }

  private static SessionSettings settings(OperatorConfig config, KubernetesClient client) {
    SidecarSettings sidecar =
        new SidecarSettings(
            config.sidecarImage(),
            config.agentUrl().toString(),
            config.imagePullSecrets(),
            config.sidecarCpuRequest(),
            config.sidecarMemoryRequest(),
            config.sidecarMemoryLimit(),
            config.procDump());
    return new SessionSettings(
        sidecar,
        clusterName(config, client),
        config.procDumpLicenceAccepted(),
        config.joinWait(),
        config.attachWait(),
        config.breakerWait());
  }

  /** The name in blob names: configured, else from the cluster's own identity. */
  private static String clusterName(OperatorConfig config, KubernetesClient client) {
    return config
        .clusterName()
        .orElseGet(
            () ->
                client
                    .namespaces()
                    .withName("kube-system")
                    .get()
                    .getMetadata()
                    .getUid()
                    .substring(0, CLUSTER_NAME_LENGTH));
  }

  private static Optional<Map<String, byte[]>> secret(
      KubernetesClient client, String namespace, String name) {
    Secret secret = client.secrets().inNamespace(namespace).withName(name).get();
    return Optional.ofNullable(secret)
        .map(
            found -> {
              Map<String, byte[]> data = new HashMap<>();
              Optional.ofNullable(found.getData())
                  .orElse(Map.of())
                  .forEach((key, value) -> data.put(key, Base64.getDecoder().decode(value)));
              return data;
            });
  }

  private <T extends AutoCloseable> T running(T part) {
    running.addLast(part);
    return part;
  }
}
