package io.crashmonitor.testbed.cluster;

import io.crashmonitor.testbed.controlplane.ServerProcess;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * The operator as a process of its own, as it runs in a pod: the built jar, configured by
 * environment alone, with the rights of its service account. It can be killed and started again on
 * the same ports.
 */
final class OperatorProcess implements Operator {
  private static final Duration READY = Duration.ofMinutes(3);
  private static final Duration PROBE = Duration.ofSeconds(2);

  private final Path jar;
  private final Map<String, String> environment;
  private final Path logs;
  private final URI readyz;
  private final HttpClient http = HttpClient.newBuilder().connectTimeout(PROBE).build();
  private ServerProcess process;

  /**
   * @param jar {@code operator/target/operator.jar}
   * @param environment the operator's configuration, see {@code docs/operations.md}
   * @param healthPort of the environment
   * @param logs folder for {@code operator.log}
   */
  OperatorProcess(Path jar, Map<String, String> environment, int healthPort, Path logs) {
    this.jar = jar;
    this.environment = Map.copyOf(environment);
    this.logs = logs;
    this.readyz = URI.create("http://127.0.0.1:" + healthPort + "/readyz");
  }

  @Override
  public OperatorProcess start() {
    process =
        ServerProcess.start(
            "operator",
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx256m",
                "-XX:+UseSerialGC",
                "-jar",
                jar.toString()),
            environment,
            logs);
    process.await("ready at " + readyz, READY, this::isReady);
    return this;
  }

  @Override
  public void kill() {
    process.kill();
  }

  @Override
  public void stop() {
    process.close();
  }

  @Override
  public Path log() {
    return process.log();
  }

  @Override
  public void close() {
    if (process != null) {
      process.close();
    }
  }

  private boolean isReady() {
    try {
      HttpRequest probe = HttpRequest.newBuilder(readyz).timeout(PROBE).build();
      return http.send(probe, HttpResponse.BodyHandlers.discarding()).statusCode() == 200;
    } catch (IOException notYet) {
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("Interrupted while waiting for the operator", e);
    }
  }
}
