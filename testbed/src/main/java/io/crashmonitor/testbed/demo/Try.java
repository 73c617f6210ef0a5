package io.crashmonitor.testbed.demo;

import com.azure.storage.blob.BlobContainerClient;
import io.crashmonitor.testbed.cluster.Artifacts;
import io.crashmonitor.testbed.cluster.Base;
import io.crashmonitor.testbed.cluster.Operator;
import io.crashmonitor.testbed.cluster.TestCluster;
import io.crashmonitor.testbed.controlplane.Folders;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.fabric8.kubernetes.client.dsl.base.ResourceDefinitionContext;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * The main job, shown: {@code ./try}. Exit codes: 0 as expected, 1 not as expected or failed, 2
 * usage, 130 interrupted.
 */
public final class Try {
  private static final String NAMESPACE = "shop";
  private static final String SESSION = "checkout";
  private static final String CONTAINER = "crash-dumps";
  private static final long LOOK_MILLIS = 500;

  private final PrintStream out;
  private final Clock clock;
  private final TryOptions options;
  private final CountDownLatch ended = new CountDownLatch(1);
  private final long started = System.nanoTime();

  private Try(PrintStream out, Clock clock, TryOptions options) {
    this.out = out;
    this.clock = clock;
    this.options = options;
  }

  public static void main(String[] arguments) {
    PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
    Optional<TryOptions> options;
    try {
      options = TryOptions.parse(arguments);
    } catch (TryOptions.UsageException e) {
      System.err.println("try: " + e.getMessage() + "\n\n" + TryOptions.usage());
      System.exit(2);
      return;
    }
    if (options.isEmpty()) {
      out.print(TryOptions.usage());
      return;
    }
    int code;
    try {
      code = new Try(out, Clock.systemDefaultZone(), options.get()).run();
    } catch (IOException | RuntimeException e) {
      System.err.println("try: " + e.getMessage());
      code = 1;
    }
    System.exit(code);
  }

  private int run() throws IOException {
    Artifacts artifacts = Artifacts.find();
    Path folder = Files.createTempDirectory("crash-monitor-try-");
    // Ctrl-C: the waits below end, and with them everything that was started. The hook waits for
    // that, not for the main thread, which may be in System.exit and so wait for the hook.
    CountDownLatch cleanedUp = new CountDownLatch(1);
    Runtime.getRuntime()
        .addShutdownHook(
            new Thread(
                () -> {
                  ended.countDown();
                  awaitUninterrupted(cleanedUp);
                },
                "interrupt"));
    int code = 1;
    try (TestCluster cluster = TestCluster.start(artifacts, folder, Base.OWN, this::step)) {
      step("operator");
      Operator operator = cluster.operator(List.of(), Map.of()).start();
      code = demonstrate(cluster, artifacts);
      if (!options.once() && ended.getCount() > 0) {
        goOn(cluster, operator);
        awaitUninterrupted(ended);
      }
      out.println("\nStopping everything.");
    } finally {
      // What went wrong is to be read in the logs; what went well needs no room.
      if (code == 0) {
        Folders.delete(folder);
      } else {
        out.println("Logs: " + folder);
      }
      cleanedUp.countDown();
    }
    return code;
  }

  private int demonstrate(TestCluster cluster, Artifacts artifacts) {
    step("examples/demo applied to namespace " + NAMESPACE);
    cluster
        .client()
        .resource(
            new NamespaceBuilder().withNewMetadata().withName(NAMESPACE).endMetadata().build())
        .serverSideApply();
    cluster.createStorageSecret(NAMESPACE);
    Path demo = artifacts.examples().resolve("demo");
    out.print(cluster.kubectl(NAMESPACE, "", "apply", "-f", demo.toString()));
    out.println();

    Resource<GenericKubernetesResource> session = session(cluster);
    int maxDumps = session.get().<Number>get("spec", "maxDumps").intValue();
    SessionView last = watch(session);

    out.println("\n--- kubectl describe cms/" + SESSION + " --namespace " + NAMESPACE + "\n");
    out.println(cluster.kubectl(NAMESPACE, "", "describe", "cms/" + SESSION));
    List<StoredDumps.Dump> dumps = dumps(cluster);
    out.println("--- dumps in storage, container " + CONTAINER + "\n");
    dumps.forEach(
        dump ->
            out.printf(
                "%s%n    %,d bytes stored, %,d bytes as .dmp, %s%n",
                dump.name(),
                dump.bytes(),
                dump.rawBytes(),
                dump.valid() ? "a valid minidump" : "NOT A MINIDUMP"));
    List<String> problems = Verdict.problems(last, dumps, maxDumps);
    out.println();
    if (problems.isEmpty()) {
      out.printf("As expected: %d dumps, no more.%n", maxDumps);
      return 0;
    }
    problems.forEach(problem -> out.println("NOT AS EXPECTED: " + problem));
    return 1;
  }

  /** Shows the session until it is complete, its crashes settled, or the time is up. */
  private SessionView watch(Resource<GenericKubernetesResource> session) {
    LiveView view = new LiveView(out, clock);
    Instant limit = clock.instant().plus(options.limit());
    SessionView now = SessionView.of(session.get());
    while (clock.instant().isBefore(limit)) {
      now = SessionView.of(session.get());
      view.show(now);
      if (now.isCompleted() || !pause()) {
        return now;
      }
    }
    out.println("The session did not complete within " + options.limit().toMinutes() + " min.");
    return now;
  }

  private void goOn(TestCluster cluster, Operator operator) {
    out.printf(
        """

        Everything is still running. In another terminal:

          export KUBECONFIG=%s
          alias kubectl=%s
          kubectl -n %3$s get cms,pods
          kubectl -n %3$s describe cms/%4$s
          kubectl explain crashmonitorsession.spec

        Start another run:
          kubectl -n %3$s annotate --overwrite cms/%4$s crashmonitor.io/run-requested-at=$(date -u +%%FT%%TZ)
        Give the workload back:
          kubectl -n %3$s patch cms/%4$s --type=merge -p '{"spec":{"state":"Disabled"}}'

        The operator's log: %5$s
        Ctrl-C ends everything.
        """,
        cluster.kubeconfig(), cluster.kubectl(), NAMESPACE, SESSION, operator.log());
  }

  private List<StoredDumps.Dump> dumps(TestCluster cluster) {
    BlobContainerClient container = cluster.azurite().client().getBlobContainerClient(CONTAINER);
    return container.exists() ? StoredDumps.in(container) : List.of();
  }

  private static Resource<GenericKubernetesResource> session(TestCluster cluster) {
    return cluster
        .client()
        .genericKubernetesResources(
            new ResourceDefinitionContext.Builder()
                .withGroup("crashmonitor.io")
                .withVersion("v1alpha1")
                .withKind("CrashMonitorSession")
                .withPlural("crashmonitorsessions")
                .withNamespaced(true)
                .build())
        .inNamespace(NAMESPACE)
        .withName(SESSION);
  }

  private void step(String what) {
    if (ended.getCount() == 0) {
      throw new IllegalStateException("interrupted");
    }
    out.printf("[%5.1f s] %s%n", (System.nanoTime() - started) / 1e9, what);
  }

  /**
   * @return false when interrupted
   */
  private boolean pause() {
    try {
      return !ended.await(LOOK_MILLIS, TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  private static void awaitUninterrupted(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
