package io.crashmonitor.chart;

import static org.assertj.core.api.Assertions.assertThat;

import io.crashmonitor.testbed.controlplane.ControlPlane;
import io.crashmonitor.testbed.controlplane.SharedControlPlane;
import java.io.IOException;
import java.nio.file.Files;
import org.junit.jupiter.api.Test;

/** {@code install.yaml}; <code>-Dchart.update=true</code> writes it anew. */
class InstallManifestIT {

  @Test
  void isWhatTheChartRenders() throws IOException {
    String made = InstallManifest.of(Helm.HELM3);
    if (Boolean.getBoolean("chart.update")) {
      Files.writeString(Checkout.INSTALL, made);
    }

    assertThat(Checkout.INSTALL).hasContent(made);
    assertThat(
            Files.readString(Checkout.INSTALL).toLowerCase(java.util.Locale.ROOT).lines().skip(1))
        .noneMatch(line -> line.contains("helm"));
  }

  @Test
  void isAppliedByKubectlTwiceAndChangesNothingTheSecondTime() {
    ControlPlane cluster = SharedControlPlane.get();
    try {
      String first = apply(cluster);
      long generation = generation(cluster);

      String second = apply(cluster);

      assertThat(first).contains("deployment.apps/crash-monitor-operator serverside-applied");
      assertThat(second).isEqualTo(first);
      assertThat(generation(cluster)).isEqualTo(generation);
      assertThat(
              new Kubectl(cluster, "")
                  .command("diff", "--server-side", "-f", Checkout.INSTALL.toString())
                  .run()
                  .succeeded())
          .isEmpty();
    } finally {
      // To the end: other tests bring the definition anew.
      new Kubectl(cluster, "")
          .command("delete", "-f", Checkout.INSTALL.toString(), "--timeout=3m")
          .run();
    }
  }

  private static String apply(ControlPlane cluster) {
    return new Kubectl(cluster, "")
        .command("apply", "--server-side", "-f", Checkout.INSTALL.toString())
        .run()
        .succeeded();
  }

  private static long generation(ControlPlane cluster) {
    return cluster
        .client()
        .apps()
        .deployments()
        .inNamespace(Helm.RELEASE)
        .withName("crash-monitor-operator")
        .get()
        .getMetadata()
        .getGeneration();
  }
}
