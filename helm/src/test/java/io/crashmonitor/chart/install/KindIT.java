package io.crashmonitor.chart.install;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.crashmonitor.chart.Command;
import io.crashmonitor.chart.Helm;
import io.crashmonitor.testbed.cluster.Artifacts;
import io.crashmonitor.testbed.controlplane.Provisioned;
import io.crashmonitor.testbed.controlplane.Tool;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/**
 * The chart on a kind cluster: its image on the real base, a real kubelet and Service. No Windows
 * node joins it, so sessions are followed as far as they go without one.
 */
@EnabledIfSystemProperty(
    named = "crashmonitor.kind",
    matches = "true",
    disabledReason = "runs with profile kind alone: ./mvnw -Pkind verify")
class KindIT {
  private static final String CLUSTER = "crash-monitor-test";
  private static final Path IMAGE =
      Artifacts.find().root().resolve("operator/target/operator-image-kind.tar");
  @TempDir private static Path folder;
  private static boolean made;

  /** Not once for all: an assumption before all tests would leave no trace in the reports. */
  @BeforeEach
  void aCluster() {
    assumeTrue(
        works("docker", "info") || works("podman", "info"),
        "no container engine answers (docker info, podman info): kind needs one");
    assumeTrue(works("kind", "version"), "kind is not in the PATH: https://kind.sigs.k8s.io");
    assertThat(IMAGE).as("made by ./mvnw -Pkind package").exists();
    if (made) {
      return;
    }
    made = true;
    run("kind", "create", "cluster", "--name", CLUSTER, "--wait", "3m");
    run("kind", "load", "image-archive", IMAGE.toString(), "--name", CLUSTER);
  }

  @AfterAll
  static void noCluster() {
    if (made) {
      command("kind", "delete", "cluster", "--name", CLUSTER).run();
    }
  }

  @Test
  void theOperatorComesUpFromItsImageAndFollowsASession() {
    Helm.HELM4
        .command(
            "install",
            Helm.RELEASE,
            Artifacts.find().root().resolve("helm/crash-monitor").toString(),
            "--namespace=" + Helm.RELEASE,
            "--create-namespace",
            "--set=image.repository=crash-monitor/operator,image.tag=kind",
            "--set=procdump.acceptLicence=true",
            "--wait",
            "--timeout=3m")
        .with("KUBECONFIG", kubeconfig())
        .run()
        .succeeded();

    kubectl("apply", "-f", Artifacts.find().examples().resolve("demo").toString());

    await()
        .atMost(Duration.ofMinutes(1))
        .untilAsserted(
            () ->
                assertThat(kubectl("get", "cms/checkout", "--output=jsonpath={.status.phase}"))
                    .isEqualTo("Pending"));
    assertThat(kubectl("get", "cms/checkout", "--output=yaml")).contains("SecretNotFound");
    kubectl("delete", "cms/checkout", "--timeout=60s");
  }

  private static String kubectl(String... arguments) {
    String[] line = new String[arguments.length + 1];
    line[0] = Provisioned.load().path(Tool.KUBECTL).toString();
    System.arraycopy(arguments, 0, line, 1, arguments.length);
    return run(line);
  }

  private static String run(String... line) {
    return command(line).run().succeeded();
  }

  private static Command command(String... line) {
    return Command.of(line).with("KUBECONFIG", kubeconfig());
  }

  private static String kubeconfig() {
    return folder.resolve("kubeconfig").toString();
  }

  private static boolean works(String... line) {
    try {
      return Command.of(line).run().exitCode() == 0;
    } catch (UncheckedIOException notThere) {
      return false;
    }
  }
}
