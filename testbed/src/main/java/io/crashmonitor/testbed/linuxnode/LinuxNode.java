package io.crashmonitor.testbed.linuxnode;

import io.crashmonitor.testbed.node.PodInputs;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.NodeBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.coordination.v1.LeaseBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A Linux node that knows the images it is given. Its pods are in the network of this machine, at
 * 127.0.0.1, so their ports must be free here.
 *
 * <p>Closing ends all containers and removes the node from the API.
 */
public final class LinuxNode implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(LinuxNode.class);
  private static final String MANAGER = "testbed-linux-node";
  private static final int LEASE_SECONDS = 40;
  private static final long RENEW_SECONDS = 5;
  private static final long CLOSE_SECONDS = 30;

  private final String name;
  private final KubernetesClient client;
  private final Namespaces namespaces;
  private final Map<String, LinuxImage> images;
  private final Path folder;
  private final Clock clock = Clock.systemUTC();
  private final ExecutorService pods = Executors.newCachedThreadPool(task -> thread(task, "pod"));
  private final ScheduledExecutorService timer =
      Executors.newSingleThreadScheduledExecutor(task -> thread(task, "timer"));
  private final Map<String, PodProcess> running = new ConcurrentHashMap<>();
  private final SharedIndexInformer<Pod> informer;

  private LinuxNode(
      String name,
      KubernetesClient client,
      Namespaces namespaces,
      Map<String, LinuxImage> images,
      Path folder) {
    this.name = name;
    this.client = client;
    this.namespaces = namespaces;
    this.images = Map.copyOf(images);
    this.folder = folder.toAbsolutePath();
    register();
    timer.scheduleAtFixedRate(this::renew, 0, RENEW_SECONDS, TimeUnit.SECONDS);
    informer =
        client.pods().inAnyNamespace().withField("spec.nodeName", name).inform(new PodHandler());
  }

  /** Why there can be no such node here; empty where there can. */
  public static Optional<String> obstacle() {
    return Namespaces.find().isPresent()
        ? Optional.empty()
        : Optional.of(
            "containers need root, or user namespaces (unshare --user --mount), on this machine");
  }

  /**
   * Registers the node, ready at once, and runs what is scheduled to it.
   *
   * @param client may do everything that a kubelet may; stays open
   * @param images by the references that pods use
   * @param folder for the pods' files and logs
   */
  public static LinuxNode start(
      String name, KubernetesClient client, Map<String, LinuxImage> images, Path folder) {
    return new LinuxNode(name, client, Namespaces.find().orElseThrow(), images, folder);
  }

  /** Where the logs of a pod's containers are: {@code <container>-<run>.log}. */
  public Path folder(Pod pod) {
    return folder.resolve(pod.getMetadata().getName());
  }

  /** SIGKILL for the process of a pod's container, which the node then starts again. */
  public void kill(Pod pod) {
    Optional.ofNullable(running.get(pod.getMetadata().getUid())).ifPresent(PodProcess::kill);
  }

  @Override
  public void close() {
    informer.close();
    timer.shutdownNow();
    running.values().forEach(PodProcess::remove);
    pods.shutdown();
    try {
      if (!pods.awaitTermination(CLOSE_SECONDS, TimeUnit.SECONDS)) {
        pods.shutdownNow();
      }
    } catch (InterruptedException e) {
      pods.shutdownNow();
      Thread.currentThread().interrupt();
    }
    client.nodes().withName(name).delete();
  }

  private final class PodHandler implements ResourceEventHandler<Pod> {
    @Override
    public void onAdd(Pod pod) {
      running.computeIfAbsent(pod.getMetadata().getUid(), uid -> run(pod));
      onUpdate(pod, pod);
    }

    @Override
    public void onUpdate(Pod before, Pod pod) {
      if (pod.getMetadata().getDeletionTimestamp() != null) {
        Optional.ofNullable(running.get(pod.getMetadata().getUid()))
            .ifPresent(PodProcess::terminate);
      }
    }

    @Override
    public void onDelete(Pod pod, boolean stateUnknown) {
      Optional.ofNullable(running.remove(pod.getMetadata().getUid())).ifPresent(PodProcess::remove);
    }
  }

  private PodProcess run(Pod pod) {
    String reference = pod.getSpec().getContainers().get(0).getImage();
    Optional<LinuxImage> image = Optional.ofNullable(images.get(reference));
    PodStatusWriter status = new PodStatusWriter(client, pod);
    PodProcess process =
        new PodProcess(
            pod,
            new ContainerProcess(namespaces, image, make(folder(pod))),
            PodInputs.of(
                client, pod, PodStatusWriter.ADDRESS, folder(pod).resolve("volumes"), clock),
            clusterVariables(),
            status,
            clock);
    pods.execute(process);
    return process;
  }

  private Map<String, String> clusterVariables() {
    URI api = URI.create(client.getMasterUrl().toString());
    return Map.of(
        "KUBERNETES_SERVICE_HOST", api.getHost(),
        "KUBERNETES_SERVICE_PORT", Integer.toString(api.getPort()),
        "KUBERNETES_SERVICE_PORT_HTTPS", Integer.toString(api.getPort()));
  }

  private void register() {
    Map<String, Quantity> capacity =
        Map.of(
            "cpu", new Quantity("8"),
            "memory", new Quantity("16Gi"),
            "ephemeral-storage", new Quantity("100Gi"),
            "pods", new Quantity("110"));
    Node node =
        new NodeBuilder()
            .withNewMetadata()
            .withName(name)
            .addToLabels("kubernetes.io/os", "linux")
            .addToLabels("kubernetes.io/arch", "amd64")
            .addToLabels("kubernetes.io/hostname", name)
            .endMetadata()
            .withNewStatus()
            .withCapacity(capacity)
            .withAllocatable(capacity)
            .addNewCondition()
            .withType("Ready")
            .withStatus("True")
            .withReason("KubeletReady")
            .withLastHeartbeatTime(clock.instant().toString())
            .withLastTransitionTime(clock.instant().toString())
            .endCondition()
            .addNewAddress(PodStatusWriter.ADDRESS, "InternalIP")
            .withNewNodeInfo()
            .withArchitecture("amd64")
            .withOperatingSystem("linux")
            .withOsImage("this machine")
            .withKernelVersion("")
            .withKubeletVersion("v1.36.3")
            .withKubeProxyVersion("")
            .withContainerRuntimeVersion("unshare://1")
            .withMachineID(name)
            .withSystemUUID(name)
            .withBootID(name)
            .endNodeInfo()
            .endStatus()
            .build();
    client.resource(node).fieldManager(MANAGER).forceConflicts().serverSideApply();
    client
        .nodes()
        .withName(name)
        .subresource("status")
        .patch(PatchContext.of(PatchType.STRATEGIC_MERGE), node);
  }

  private void renew() {
    try {
      client
          .resource(
              new LeaseBuilder()
                  .withNewMetadata()
                  .withName(name)
                  .withNamespace("kube-node-lease")
                  .endMetadata()
                  .withNewSpec()
                  .withHolderIdentity(name)
                  .withLeaseDurationSeconds(LEASE_SECONDS)
                  .withRenewTime(ZonedDateTime.ofInstant(clock.instant(), ZoneOffset.UTC))
                  .endSpec()
                  .build())
          .fieldManager(MANAGER)
          .forceConflicts()
          .serverSideApply();
    } catch (RuntimeException e) {
      LOG.warn("Node {} could not renew its lease: {}", name, e.getMessage());
    }
  }

  private static Path make(Path folder) {
    try {
      return Files.createDirectories(folder);
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot make " + folder, e);
    }
  }

  private static Thread thread(Runnable task, String role) {
    Thread thread = new Thread(task, "linux-node-" + role);
    thread.setDaemon(true);
    return thread;
  }
}
