package io.crashmonitor.testbed.controlplane;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ControlPlaneLifeIT {
  @TempDir private Path folder;

  @Test
  void leavesNoProcessAndNoDataBehind() {
    ControlPlane controlPlane = ControlPlane.start(Provisioned.load(), folder);
    List<Long> pids = controlPlane.pids();
    assertThat(pids).hasSize(4);

    controlPlane.close();

    assertThat(pids).noneMatch(pid -> ProcessHandle.of(pid).isPresent());
    assertThat(folder.resolve("etcd")).doesNotExist();
    assertThat(controlPlane.logs()).isDirectoryContaining("glob:**kube-apiserver.log");
  }

  @Test
  void saysWhatAServerSaidThatDoesNotStart() {
    Map<Tool, Path> tools = new EnumMap<>(Provisioned.load().paths());
    tools.put(Tool.KUBE_APISERVER, tools.get(Tool.KUBE_SCHEDULER)); // It knows no --etcd-servers.

    assertThatThrownBy(
            () -> ControlPlane.start(new Provisioned(Path.of("of this test"), tools), folder))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("kube-apiserver ended with exit code 1")
        .hasMessageContaining("unknown flag: --etcd-servers");
    assertThat(folder.resolve("etcd")).doesNotExist();
  }
}
