package io.crashmonitor.testbed.node;

import static io.crashmonitor.testbed.node.NodeFixture.container;
import static io.crashmonitor.testbed.node.NodeFixture.restarted;
import static org.assertj.core.api.Assertions.assertThat;

import io.crashmonitor.testbed.controlplane.ControlPlane;
import io.crashmonitor.testbed.controlplane.Provisioned;
import io.crashmonitor.testbed.controlplane.SharedControlPlane;
import io.crashmonitor.testbed.controlplane.Tool;
import io.fabric8.kubernetes.api.model.Pod;
import java.io.IOException;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** A JVM for Windows in a container: the sidecar's Java can be run as it will on a real node. */
@ExtendWith(SharedControlPlane.class)
class JavaOnWineIT {

  @Test
  void runsAndResolvesTheClustersNames(ControlPlane controlPlane, @TempDir Path folder) {
    Path jre = Provisioned.load().path(Tool.JRE_WINDOWS);
    String java =
        """
        entrypoint: ['C:\\app\\bin\\java.exe', '-Xmx64m', '-cp', 'C:\\classes']
        services: true
        """;
    NodeFixture.image(folder, "testbed/java:1", java, jre);
    try (NodeFixture node = new NodeFixture(controlPlane, folder)) {
      node.create(
          node.pod(
                  "java",
                  container("app", "testbed/java:1", Main.class.getName(), NodeFixture.SERVICE))
              .build());

      Pod pod = node.awaitPod("java", "end", restarted("app", 1));

      assertThat(NodeFixture.status(pod, "app").getLastState().getTerminated().getExitCode())
          .as(node.log(pod, "app", 0))
          .isEqualTo(Main.WELL);
      assertThat(node.log(pod, "app", 0)).contains(NodeFixture.SERVICE_ADDRESS);
    }
  }

  /** Runs on Wine. What it asks for needs network interfaces, volumes and random numbers. */
  static final class Main {
    static final int WELL = 42;

    public static void main(String[] arguments) throws IOException {
      System.out.println(InetAddress.getByName(arguments[0]).getHostAddress());
      boolean network = NetworkInterface.networkInterfaces().findAny().isPresent();
      boolean volume = Files.getFileStore(Path.of("C:\\")).getUsableSpace() > 0;
      System.out.println(System.getProperty("os.name") + " " + UUID.randomUUID());
      System.exit(network && volume ? WELL : 1);
    }
  }
}
