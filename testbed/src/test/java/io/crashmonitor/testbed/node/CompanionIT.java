package io.crashmonitor.testbed.node;

import static io.crashmonitor.testbed.node.NodeFixture.SOON;
import static io.crashmonitor.testbed.node.NodeFixture.container;
import static io.crashmonitor.testbed.node.NodeFixture.running;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.crashmonitor.testbed.controlplane.ControlPlane;
import io.crashmonitor.testbed.controlplane.SharedControlPlane;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** A process of this machine plays the part of a container's Java. */
@ExtendWith(SharedControlPlane.class)
class CompanionIT {

  @Test
  void runsBesideTheEntryProcessAndDiesWithItsContainer(
      ControlPlane controlPlane, @TempDir Path folder) throws IOException {
    try (NodeFixture node = new NodeFixture(controlPlane, folder)) {
      Pod created = node.create(pod(node));
      node.awaitPod("companion", "running", running("app"));
      Path volume = node.node.volume(created, "shared");
      await().atMost(SOON).until(CompanionIT::companionsChildLives);
      await().atMost(SOON).until(() -> Files.exists(volume.resolve("env")));

      assertThat(Files.readAllLines(volume.resolve("env")))
          .contains("CRASH_MONITOR_ROOT=" + volume, "GREETING=hello")
          .anyMatch(line -> line.matches("JAVA_TOOL_OPTIONS=-Djdk.net.hosts.file=/.*/hosts"));

      node.client.resource(created).delete();

      await().atMost(SOON).until(() -> node.get("companion") == null);
      await().atMost(SOON).until(() -> !companionsChildLives());
    }
  }

  private static boolean companionsChildLives() {
    return ProcessHandle.allProcesses()
        .map(process -> process.info().arguments().orElse(new String[0]))
        .anyMatch(arguments -> Arrays.asList(arguments).contains(NodeFixture.COMPANION_SLEEP));
  }

  private static Pod pod(NodeFixture node) {
    Container app =
        new ContainerBuilder(container("app", NodeFixture.WITH_COMPANION))
            .addNewEnv()
            .withName("GREETING")
            .withValue("hello")
            .endEnv()
            .addNewVolumeMount()
            .withName("shared")
            .withMountPath("C:\\crash-monitor")
            .endVolumeMount()
            .build();
    return node.pod("companion", app).build();
  }
}
