package io.crashmonitor.testbed.cluster;

import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Predicate;

/** The operator as users install it: by the chart, from its image, in a pod. One at a time. */
final class OperatorRelease implements Operator {
  private static final String NAMESPACE = TestCluster.OPERATOR_NAMESPACE;
  private static final String RELEASE = "crash-monitor";
  private static final String DEPLOYMENT = "crash-monitor-operator";
  private static final long PATIENCE_SECONDS = 240;

  private final KubernetesClient client;
  private final Program program;
  private final String helm;
  private final Path chart;
  private final PodHost host;
  private final String values;
  private final Path folder;
  private boolean installed;
  private boolean stopped;

  /**
   * The restarts of the pod that was killed last: until there is one more, its status is of before.
   */
  private int restartsToPass = -1;

  /**
   * @param program with the administrator's kubeconfig
   * @param helm the program
   * @param values for the chart
   * @param folder for its log
   */
  OperatorRelease(
      KubernetesClient client,
      Program program,
      Path helm,
      Path chart,
      PodHost host,
      String values,
      Path folder) {
    this.client = client;
    this.program = program;
    this.helm = helm.toString();
    this.chart = chart;
    this.host = host;
    this.values = values;
    this.folder = folder;
  }

  @Override
  public Operator start() {
    if (!installed) {
      install();
    } else if (stopped) {
      scale(1);
      stopped = false;
    }
    awaitPods(
        "a ready operator",
        pods ->
            pods.size() == 1
                && container(pods.get(0))
                    .filter(c -> c.getReady() && c.getRestartCount() > restartsToPass)
                    .isPresent());
    return this;
  }

  private void install() {
    installed = true;
    program.run(
        helm,
        "install",
        RELEASE,
        chart.toString(),
        "--namespace=" + NAMESPACE,
        "--create-namespace",
        "--values=" + write("values.json", values),
        "--timeout=" + PATIENCE_SECONDS + "s");
  }

  @Override
  public void kill() {
    Pod pod = pods().get(0);
    restartsToPass = container(pod).map(ContainerStatus::getRestartCount).orElse(0);
    host.kill(pod);
  }

  @Override
  public void stop() {
    saveLog();
    scale(0);
    awaitPods("no operator", List::isEmpty);
    stopped = true;
    restartsToPass = -1;
  }

  @Override
  public Path log() {
    return folder.resolve("operator.log");
  }

  @Override
  public void close() {
    if (installed) {
      saveLog();
      program.run(
          helm,
          "uninstall",
          RELEASE,
          "--namespace=" + NAMESPACE,
          "--wait",
          "--timeout=" + PATIENCE_SECONDS + "s");
      awaitPods("no operator", List::isEmpty);
      installed = false;
    }
  }

  private void scale(int replicas) {
    client
        .apps()
        .deployments()
        .inNamespace(NAMESPACE)
        .withName(DEPLOYMENT)
        .patch(
            PatchContext.of(PatchType.JSON_MERGE),
            "{\"spec\":{\"replicas\":%d}}".formatted(replicas));
  }

  private void awaitPods(String what, Predicate<List<Pod>> condition) {
    CompletableFuture<List<Pod>> seen =
        client
            .pods()
            .inNamespace(NAMESPACE)
            .withLabel("app.kubernetes.io/component", "operator")
            .informOnCondition(condition::test);
    try {
      seen.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("Interrupted while waiting for " + what, e);
    } catch (ExecutionException | TimeoutException e) {
      saveLog();
      throw new IllegalStateException(
          "%s, not within %d s; its log: %s".formatted(what, PATIENCE_SECONDS, log()), e);
    } finally {
      seen.cancel(true);
    }
  }

  private List<Pod> pods() {
    return client
        .pods()
        .inNamespace(NAMESPACE)
        .withLabel("app.kubernetes.io/component", "operator")
        .list()
        .getItems();
  }

  private static Optional<ContainerStatus> container(Pod pod) {
    return pod.getStatus().getContainerStatuses().stream().findFirst();
  }

  private void saveLog() {
    StringBuilder all = new StringBuilder();
    for (Pod pod : pods()) {
      try {
        all.append(host.log(pod));
      } catch (KubernetesClientException e) {
        all.append("No log of ").append(pod.getMetadata().getName()).append(": ").append(e);
      }
    }
    write("operator.log", all.toString());
  }

  private Path write(String name, String text) {
    try {
      return Files.writeString(Files.createDirectories(folder).resolve(name), text);
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot write " + name + " in " + folder, e);
    }
  }
}
