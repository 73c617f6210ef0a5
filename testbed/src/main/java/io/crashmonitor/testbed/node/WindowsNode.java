package io.crashmonitor.testbed.node;

import io.crashmonitor.testbed.wine.WineInstallation;
import io.crashmonitor.testbed.wine.WinePrefixes;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;

/**
 * A Windows node of a real control plane: it runs the pods that the scheduler gives it, as a
 * kubelet with containerd does, each container in a Wine prefix.
 *
 * <p>Closing kills all containers and removes the node from the API; the logs stay. When the JVM
 * ends in another way, the containers' processes and files still go.
 */
public final class WindowsNode implements AutoCloseable {
  private static final long CLOSE_SECONDS = 20;
  private static final long HOOK_MARGIN_MILLIS = 1000;

  private final NodeSettings settings;
  private final KubernetesClient client;
  private final WinePrefixes prefixes;
  private final NodeRegistration registration;
  private final ExecutorService pods = threads("pod");
  private final ExecutorService ends = threads("container");
  private final ScheduledExecutorService timer =
      Executors.newSingleThreadScheduledExecutor(runnable -> thread(runnable, "timer"));
  private final Map<String, PodRunner> runners = new ConcurrentHashMap<>();
  private final AtomicInteger addresses = new AtomicInteger();
  private final Optional<LogServer> logServer;
  private Optional<SharedIndexInformer<Pod>> informer = Optional.empty();

  private WindowsNode(NodeSettings settings, KubernetesClient client, WineInstallation wine) {
    this.settings = settings;
    this.client = client;
    this.prefixes = WinePrefixes.open(wine, settings.folder().resolve("containers"));
    writeHosts();
    this.logServer =
        settings.tls().map(tls -> LogServer.start(tls, settings.address(), new PodLogs(), ends));
    this.registration =
        new NodeRegistration(client, settings, logServer.map(LogServer::port).orElse(0));
  }

  private void open() {
    registration.register();
    timer.scheduleAtFixedRate(
        registration::renew,
        NodeRegistration.RENEW_SECONDS,
        NodeRegistration.RENEW_SECONDS,
        TimeUnit.SECONDS);
    informer =
        Optional.of(
            client
                .pods()
                .inAnyNamespace()
                .withField("spec.nodeName", settings.name())
                .inform(new PodHandler()));
  }

  /**
   * Registers the node, ready at once, and runs what is scheduled to it.
   *
   * @param client may do everything that a kubelet may; stays open
   */
  public static WindowsNode start(
      NodeSettings settings, KubernetesClient client, WineInstallation wine) {
    WindowsNode node = new WindowsNode(settings, client, wine);
    try {
      node.open();
      return node;
    } catch (RuntimeException e) {
      node.close();
      throw e;
    }
  }

  public String name() {
    return settings.name();
  }

  /**
   * Where the output of a container's n-th run is on this machine.
   *
   * @param run counted from 0; a container's restartCount is the newest
   */
  public Path log(Pod pod, String container, int run) {
    return LogFiles.file(settings.folder(), pod.getMetadata(), container, run);
  }

  /** Where a pod's volume is on this machine, while the pod is there. */
  public Path volume(Pod pod, String volume) {
    return podFolder(pod).resolve("volumes").resolve(volume);
  }

  @Override
  public void close() {
    informer.ifPresent(SharedIndexInformer::close);
    logServer.ifPresent(LogServer::close);
    timer.shutdownNow();
    runners.values().forEach(PodRunner::remove);
    pods.shutdown();
    try {
      if (!pods.awaitTermination(CLOSE_SECONDS, TimeUnit.SECONDS)) {
        pods.shutdownNow();
      }
    } catch (InterruptedException e) {
      pods.shutdownNow();
      Thread.currentThread().interrupt();
    }
    prefixes.close();
    ends.shutdown();
    registration.remove();
  }

  private final class PodLogs implements LogServer.Logs {
    @Override
    public Optional<Path> folder(String namespace, String pod, String container) {
      return runners.values().stream()
          .map(PodRunner::pod)
          .filter(found -> found.getMetadata().getNamespace().equals(namespace))
          .filter(found -> found.getMetadata().getName().equals(pod))
          .map(found -> LogFiles.folder(settings.folder(), found.getMetadata(), container))
          .findFirst();
    }

    @Override
    public boolean alive(Path folder) {
      return runners.values().stream()
          .map(PodRunner::pod)
          .anyMatch(pod -> folder.getParent().endsWith(LogFiles.name(pod.getMetadata())));
    }
  }

  private final class PodHandler implements ResourceEventHandler<Pod> {
    @Override
    public void onAdd(Pod pod) {
      String phase = pod.getStatus() == null ? "" : pod.getStatus().getPhase();
      boolean over = "Succeeded".equals(phase) || "Failed".equals(phase);
      if (!over || pod.getMetadata().getDeletionTimestamp() != null) {
        runners.computeIfAbsent(pod.getMetadata().getUid(), uid -> run(pod));
      }
    }

    @Override
    public void onUpdate(Pod before, Pod pod) {
      PodRunner runner = runners.get(pod.getMetadata().getUid());
      if (runner == null) {
        onAdd(pod);
        return;
      }
      runner.update(pod);
      boolean deletedNow =
          before.getMetadata().getDeletionTimestamp() == null
              && pod.getMetadata().getDeletionTimestamp() != null;
      if (deletedNow) {
        // A postStart hook that hangs must not keep the pod. All else is bounded by itself.
        timer.schedule(
            runner::killAll,
            runner.longestStop().toMillis() + HOOK_MARGIN_MILLIS,
            TimeUnit.MILLISECONDS);
      }
    }

    @Override
    public void onDelete(Pod pod, boolean stateUnknown) {
      PodRunner runner = runners.remove(pod.getMetadata().getUid());
      if (runner != null) {
        runner.remove();
      }
    }
  }

  private PodRunner run(Pod pod) {
    int number = addresses.incrementAndGet();
    String ip = "127.10.%d.%d".formatted(number / 250 % 250, number % 250 + 1);
    Semaphore wakes = new Semaphore(0);
    ApiObjects objects = new ApiObjects(client, pod);
    PodContext context =
        new PodContext(
            pod,
            ip,
            settings,
            prefixes,
            new PodVolumes(
                pod.getSpec().getVolumes(),
                podFolder(pod).resolve("volumes"),
                new VolumeContent(pod, ip, objects, () -> settings.clock().millis())),
            new Environments(pod, ip, objects),
            new Events(client, pod, settings.clock()),
            hosts(),
            clusterVariables(),
            ends,
            wakes::release);
    PodRunner runner =
        new PodRunner(context, new StatusWriter(client, pod, settings.clock()), wakes);
    pods.execute(runner);
    return runner;
  }

  private Path podFolder(Pod pod) {
    return settings.folder().resolve("pods").resolve(pod.getMetadata().getUid());
  }

  private Map<String, String> clusterVariables() {
    URI api = URI.create(client.getMasterUrl().toString());
    return Map.of(
        "KUBERNETES_SERVICE_HOST", api.getHost(),
        "KUBERNETES_SERVICE_PORT", Integer.toString(api.getPort()));
  }

  private Path hosts() {
    return settings.folder().resolve("dns").resolve("hosts");
  }

  /** A JVM that is given such a file resolves nothing else. */
  private void writeHosts() {
    String lines =
        settings.hosts().entrySet().stream()
            .map(entry -> entry.getValue() + " " + entry.getKey() + "\n")
            .sorted()
            .collect(Collectors.joining("", "127.0.0.1 localhost\n", ""));
    try {
      Files.createDirectories(hosts().getParent());
      Files.writeString(hosts(), lines);
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot write " + hosts(), e);
    }
  }

  private ExecutorService threads(String role) {
    return Executors.newCachedThreadPool(runnable -> thread(runnable, role));
  }

  private static Thread thread(Runnable runnable, String role) {
    Thread thread = new Thread(runnable, "windows-node-" + role);
    thread.setDaemon(true);
    return thread;
  }
}
