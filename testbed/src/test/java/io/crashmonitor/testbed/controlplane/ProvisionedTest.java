package io.crashmonitor.testbed.controlplane;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProvisionedTest {
  private static final Path SOURCE = Path.of("/cache/provisioned.properties");

  @TempDir private Path folder;

  @Test
  void findsAToolWhosePathHasAnEqualsSignAndSpaces() throws IOException {
    Path etcd = Files.createFile(folder.resolve("a=b c"));

    Provisioned provisioned = Provisioned.parse(SOURCE, List.of("etcd=" + etcd));

    assertThat(provisioned.path(Tool.ETCD)).isEqualTo(etcd);
  }

  @Test
  void namesTheCommandThatBringsAMissingTool() {
    Provisioned provisioned = Provisioned.parse(SOURCE, List.of("node=/usr/bin/node"));

    assertThatThrownBy(() -> provisioned.path(Tool.KUBE_SCHEDULER))
        .hasMessage(
            "kube-scheduler is not there (looked in /cache/provisioned.properties)."
                + " Run: testbed/provision.sh kubernetes");
  }

  @Test
  void doesNotFindAToolThatWasDeletedSince() {
    Provisioned provisioned =
        Provisioned.parse(SOURCE, List.of("wine=" + folder.resolve("deleted")));

    assertThat(provisioned.find(Tool.WINE)).isEmpty();
  }

  @Test
  void ignoresToolsItDoesNotKnowAndLinesThatAreNone() {
    Provisioned provisioned =
        Provisioned.parse(SOURCE, List.of("# words", "", "=x", "newer-tool=/x"));

    assertThat(provisioned.paths()).isEmpty();
  }
}
