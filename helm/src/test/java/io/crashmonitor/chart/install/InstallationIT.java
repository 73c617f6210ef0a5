package io.crashmonitor.chart.install;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.crashmonitor.api.CrashMonitorSessionStatus;
import io.crashmonitor.api.Phase;
import io.crashmonitor.api.Reasons;
import io.crashmonitor.chart.Helm;
import io.crashmonitor.testbed.linuxnode.LinuxNode;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The ways in which the operator comes into a cluster: it runs from its image and from exactly what
 * was deployed (arguments, environment, volumes, user, service account, roles), and a session runs
 * to its end with it.
 */
class InstallationIT {
  private static Installation installation;

  /** Not once for all: an assumption before all tests would leave no trace in the reports. */
  @BeforeEach
  void aClusterWithoutUs() {
    String obstacle = LinuxNode.obstacle().orElse("");
    assumeTrue(obstacle.isEmpty(), obstacle);
    if (installation == null) {
      installation = Installation.open(Path.of("target", "installation").toAbsolutePath());
    }
  }

  @AfterEach
  void leaveNothing() {
    if (installation == null) {
      return;
    }
    for (Helm helm : Helm.values()) {
      installation
          .command(
              helm, "uninstall", Helm.RELEASE, "--ignore-not-found", "--namespace=" + Helm.RELEASE)
          .run();
    }
    installation.deleteAll();
  }

  @AfterAll
  static void end() {
    if (installation != null) {
      installation.close();
    }
  }

  @ParameterizedTest
  @EnumSource
  void installsRunsUpgradesRollsBackAndGoes(Helm helm) {
    installation.helm(helm, "install", "--create-namespace");
    String first = installation.operatorPod().getMetadata().getUid();
    Shop shop = installation.shop();
    shop.monitor();

    CrashMonitorSessionStatus status = shop.awaitStatus(s -> s.phase() == Phase.Completed);

    noRightWasMissing();
    assertThat(status.dumpCount()).isEqualTo(1);
    assertThat(shop.dumps()).hasSize(1);
    long generation = shop.generation();

    installation.helm(helm, "upgrade", "--set=storage.pollSeconds=3,podAnnotations.changed=yes");
    String second = installation.operatorPod().getMetadata().getUid();
    assertThat(second).isNotEqualTo(first);

    installation
        .command(helm, "rollback", Helm.RELEASE, "1", "--namespace=" + Helm.RELEASE, "--wait")
        .run()
        .succeeded();
    assertThat(installation.operatorPod().getMetadata().getUid()).isNotEqualTo(second);
    assertThat(installation.operatorPod().getMetadata().getAnnotations()).isNullOrEmpty();
    assertThat(shop.session().getStatus().phase()).isEqualTo(Phase.Completed);
    assertThat(shop.generation()).as("no workload was rolled").isEqualTo(generation);

    uninstall(helm);
    assertThat(shop.session()).as("crds.keep: sessions outlive the release").isNotNull();

    // The definition that was kept is taken over; without the keep it goes, and sessions with it.
    installation.helm(helm, "install", "--set=crds.keep=false");
    shop.delete();
    assertThat(shop.generation()).as("released by one rollout").isEqualTo(generation + 1);
    uninstall(helm);
    assertThat(
            installation
                .client()
                .apiextensions()
                .v1()
                .customResourceDefinitions()
                .withName("crashmonitorsessions.crashmonitor.io")
                .get())
        .satisfiesAnyOf(
            crd -> assertThat(crd).isNull(),
            crd -> assertThat(crd.getMetadata().getDeletionTimestamp()).isNotNull());
  }

  @Test
  void watchesOneNamespaceWithARoleInItAlone() {
    Shop shop = installation.shop();
    Shop other = installation.shop();
    installation.helm(
        Helm.HELM4,
        "install",
        "--create-namespace",
        "--set=watchNamespaces={" + shop.namespace() + "}");
    other.monitor();
    shop.monitor();

    shop.awaitStatus(s -> s.phase() == Phase.Completed);

    assertThat(other.session().getStatus().observedGeneration()).isEqualTo(-1);
    shop.delete();
    noRightWasMissing();
    other.delete();
  }

  @Test
  void comesByKubectlThroughAnOverlayAndWaitsForTheLicence(@TempDir Path overlay)
      throws IOException {
    installation.kubectl(overlay);
    Shop shop = installation.shop();
    shop.monitor();
    CrashMonitorSessionStatus blocked = shop.awaitStatus(s -> s.phase() == Phase.Blocked);
    assertThat(blocked.conditions())
        .filteredOn(condition -> condition.getReason().equals(Reasons.LICENCE_NOT_ACCEPTED))
        .isNotEmpty()
        .allSatisfy(
            c -> assertThat(c.getMessage()).contains("CRASH_MONITOR_ACCEPT_PROCDUMP_LICENCE=true"));

    installation.acceptLicence();

    shop.awaitStatus(s -> s.phase() == Phase.Completed);
    shop.delete();
    noRightWasMissing();
    installation.removeByKubectl(overlay);
  }

  /** Also where the operator goes on without it, as without events and pod conditions. */
  private static void noRightWasMissing() {
    assertThat(installation.wholeOperatorLog())
        .contains("crash-monitor is ready")
        .doesNotContainIgnoringCase("forbidden");
  }

  private static void uninstall(Helm helm) {
    installation
        .command(helm, "uninstall", Helm.RELEASE, "--namespace=" + Helm.RELEASE, "--wait")
        .run()
        .succeeded();
    assertThat(
            installation.client().apps().deployments().inNamespace(Helm.RELEASE).list().getItems())
        .isEmpty();
  }
}
