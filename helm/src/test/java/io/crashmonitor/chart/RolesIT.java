package io.crashmonitor.chart;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** The chart gives the operator the role that the operator's own tests run it with. */
class RolesIT {

  @Test
  void theChartsRoleIsTheOneOfTheOperatorsTests() {
    JsonNode tested =
        Manifests.read(Checkout.ROOT.resolve("operator/src/main/kubernetes/clusterrole.yaml"))
            .only("ClusterRole");

    JsonNode shipped = Helm.HELM3.render().find("ClusterRole", "", "crash-monitor-operator").get();

    assertThat(Rbac.rights(shipped.path("rules"))).isEqualTo(Rbac.rights(tested.path("rules")));
  }

  @Test
  void watchingSomeNamespacesNeedsTheSameRightsInPieces() {
    Manifests everywhere = Helm.HELM3.render();
    Manifests some = Helm.HELM3.render("--set", "watchNamespaces={shop}");

    Set<String> pieces = new TreeSet<>(rights(some, "ClusterRole", "", "crash-monitor-operator"));
    pieces.addAll(rights(some, "Role", "shop", "crash-monitor-operator-monitored"));

    assertThat(pieces).isEqualTo(rights(everywhere, "ClusterRole", "", "crash-monitor-operator"));
  }

  private static Set<String> rights(
      Manifests manifests, String kind, String namespace, String name) {
    return Rbac.rights(manifests.find(kind, namespace, name).orElseThrow().path("rules"));
  }
}
