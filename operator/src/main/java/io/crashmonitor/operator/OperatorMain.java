package io.crashmonitor.operator;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The operator as a process: configuration from the environment, end by SIGTERM. */
public final class OperatorMain {
  private static final Logger LOG = LoggerFactory.getLogger(OperatorMain.class);
  private static final Path SERVICE_ACCOUNT_NAMESPACE =
      Path.of("/var/run/secrets/kubernetes.io/serviceaccount/namespace");

  /** How the process ends. */
  enum Exit {
    OK(0),
    FAILED(1),
    CONFIGURATION(2);

    private final int code;

    Exit(int code) {
      this.code = code;
    }
  }

  private OperatorMain() {}

  public static void main(String[] arguments) {
    Exit exit = run();
    // An orderly end was asked for by a signal: the JVM is on its way out already.
    if (exit != Exit.OK) {
      System.exit(exit.code);
    }
  }

  private static Exit run() {
    OperatorConfig config;
    try {
      config = OperatorConfig.from(System.getenv(), serviceAccountNamespace());
    } catch (OperatorConfig.Invalid e) {
      System.err.println(e.getMessage());
      return Exit.CONFIGURATION;
    }
    LOG.atInfo().addKeyValue("configuration", config).log("crash-monitor starts");
    CountDownLatch asked = new CountDownLatch(1);
    CompletableFuture<Exit> ended = new CompletableFuture<>();
    Runtime.getRuntime().addShutdownHook(new Thread(() -> end(asked, ended), "end"));
    Exit exit = serve(config, asked);
    ended.complete(exit);
    return exit;
  }

  private static Exit serve(OperatorConfig config, CountDownLatch end) {
    try (KubernetesClient client = new KubernetesClientBuilder().build();
        OperatorProcess process = OperatorProcess.start(config, client, Clock.systemUTC())) {
      end.await();
      LOG.atInfo().addKeyValue("agents", process.agentPort()).log("crash-monitor ends");
      return Exit.OK;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Exit.FAILED;
    } catch (RuntimeException e) {
      LOG.atError().setCause(e).log("crash-monitor cannot start");
      return Exit.FAILED;
    }
  }

  /**
   * The JVM ends when its hooks have, so this one waits until the main thread has put everything
   * away. An orderly end is 0, not the 143 of a JVM that was told to end.
   */
  private static void end(CountDownLatch asked, CompletableFuture<Exit> ended) {
    asked.countDown();
    try {
      if (ended.get(20, TimeUnit.SECONDS) == Exit.OK) {
        Runtime.getRuntime().halt(Exit.OK.code);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (ExecutionException | TimeoutException e) {
      LOG.atWarn().log("crash-monitor did not end in time");
    }
  }

  private static Optional<String> serviceAccountNamespace() {
    try {
      return Files.isReadable(SERVICE_ACCOUNT_NAMESPACE)
          ? Optional.of(Files.readString(SERVICE_ACCOUNT_NAMESPACE).strip())
          : Optional.empty();
    } catch (IOException notInAPod) {
      return Optional.empty();
    }
  }
}
