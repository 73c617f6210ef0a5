package io.crashmonitor.chart;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.crashmonitor.testbed.controlplane.ControlPlane;
import io.crashmonitor.testbed.controlplane.Provisioned;
import io.crashmonitor.testbed.controlplane.SharedControlPlane;
import io.crashmonitor.testbed.controlplane.Tool;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The README's commands, run as they stand there. */
class ReadmeIT {
  private final ControlPlane cluster = SharedControlPlane.get();
  private final String namespace = cluster.newNamespace("readme");
  @TempDir private Path folder;

  /** Other tests of this control plane bring the definition in another way than Helm. */
  private void remove() {
    Helm.HELM3
        .command("uninstall", Helm.RELEASE, "--namespace=" + Helm.RELEASE)
        .with("KUBECONFIG", cluster.kubeconfig().toString())
        .run();
    new Kubectl(cluster, Helm.RELEASE)
        .command("delete", "-f", Checkout.DEFINITION.toString(), "--ignore-not-found")
        .run();
    new Kubectl(cluster, "").run("delete", "namespace", Helm.RELEASE, "--ignore-not-found");
  }

  @Test
  void threeCommandsInstallTheOperatorAndASession() throws IOException {
    List<String> commands = commands("Install");
    assertThat(commands).hasSize(3);

    remove();
    try {
      shell(commands.get(0)).run().succeeded();
      // Nobody types as fast as a test.
      new Kubectl(cluster, "").awaitDefinitions(Checkout.DEFINITION);
      shell(commands.get(1)).run().succeeded();
      shell(commands.get(2)).run().succeeded();
      assertInstalled();
    } finally {
      remove();
    }
  }

  private void assertInstalled() {
    Kubectl kubectl = new Kubectl(cluster, namespace);
    assertThat(kubectl.run("get", "cms/checkout", "--output=name"))
        .contains("crashmonitorsession.crashmonitor.io/checkout");
    assertThat(kubectl.run("get", "secret/shopdumps", "--output=jsonpath={.data.connectionString}"))
        .isNotEmpty();
    assertThat(
            new Kubectl(cluster, Helm.RELEASE)
                .run(
                    "get",
                    "deployment/crash-monitor-operator",
                    "--output=jsonpath={.spec.template.spec.containers[0].image}"))
        .isEqualTo("registry.example.com/crash-monitor/operator:0.1.0");
  }

  /** The first of the two is what Maven has just done. */
  @Test
  void aDumpIsReadByTwoCommands() throws IOException {
    Path dump = Path.of(System.getProperty("crashmonitor.minidumps"), "breakpad__null_read_av.dmp");
    assumeTrue(Files.exists(dump), dump + " is not here: it is no part of the repository");
    assertThat(commands("Read a dump")).hasSize(2);

    String explained =
        shell(commands("Read a dump").get(1).replace("FILE.dmp", dump.toString()))
            .run()
            .succeeded();

    assertThat(explained).contains("Access violation: read of 0x0", "kernel32.dll+0x13677");
  }

  /** {@code ./try} is TryIT's, of the end-to-end tests; {@code ./mvnw verify} runs this. */
  @Test
  void noOtherCommandsAreThere() throws IOException {
    assertThat(commands("Try it")).containsExactly("./try");
    assertThat(commands("Test it")).containsExactly("./mvnw verify");
    assertThat(
            Files.readString(Checkout.ROOT.resolve("README.md"))
                .lines()
                .filter(line -> line.matches("    (\\./|helm |kubectl |java ).*")))
        .hasSize(7);
  }

  private static List<String> commands(String section) throws IOException {
    return Files.readString(Checkout.ROOT.resolve("README.md"))
        .split("\n## " + section + "\n")[1]
        .split("\n## ")[0]
        .lines()
        .filter(line -> line.startsWith("    "))
        .map(String::strip)
        .toList();
  }

  /** A shell with the tools in its PATH, at the root of the checkout, with a namespace chosen. */
  private Command shell(String command) throws IOException {
    program("helm", Provisioned.load().path(Tool.HELM3));
    program("kubectl", cluster.kubectl());
    Path kubeconfig = folder.resolve("kubeconfig");
    if (!Files.exists(kubeconfig)) {
      Files.copy(cluster.kubeconfig(), kubeconfig);
      Command.of(
              cluster.kubectl().toString(),
              "config",
              "set-context",
              "--current",
              "--namespace=" + namespace)
          .with("KUBECONFIG", kubeconfig.toString())
          .run()
          .succeeded();
    }
    return Command.of("sh", "-ec", command)
        .with("PATH", folder + ":" + System.getenv("PATH"))
        .with("KUBECONFIG", kubeconfig.toString())
        .with("CONNECTION_STRING", "AccountName=shopdumps;AccountKey=c2VjcmV0")
        .in(Checkout.ROOT);
  }

  private void program(String name, Path tool) throws IOException {
    Path script = Files.writeString(folder.resolve(name), "#!/bin/sh\nexec " + tool + " \"$@\"\n");
    Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwxr-xr-x"));
  }
}
