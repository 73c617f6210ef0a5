package io.crashmonitor.operator.inject;

import static org.assertj.core.api.Assertions.assertThat;

import io.crashmonitor.api.Reasons;
import io.crashmonitor.operator.inject.Injectability.Obstacle;
import io.fabric8.kubernetes.api.model.apps.DeploymentBuilder;
import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Which variables of an app's container the .NET runtime takes for an order to write dumps. */
class RuntimeDumpsTest {
  private static Optional<Obstacle> obstacle(String variable) {
    return Injectability.runtimeToldAlready(
        Workload.of(
            new DeploymentBuilder()
                .withNewMetadata()
                .withName("checkout")
                .withNamespace("shop")
                .withUid("workload-uid")
                .endMetadata()
                .withNewSpec()
                .withNewTemplate()
                .withNewSpec()
                .addNewContainer()
                .withName("app")
                .addNewEnv()
                .withName(variable)
                .withValue("1")
                .endEnv()
                .endContainer()
                .endSpec()
                .endTemplate()
                .endSpec()
                .build()),
        "app");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "DOTNET_DbgMiniDumpType",
        "dotnet_dbgminidumpname",
        "COMPlus_DbgEnableMiniDump",
        "COMPlus_DbgMiniDumpType",
        "COMPLUS_DBGMINIDUMPNAME"
      })
  void whatTheRuntimeReadsIsTheAppsOwnAndNotOverridden(String variable) {
    assertThat(obstacle(variable).orElseThrow())
        .returns(Reasons.FIELD_CONFLICT, Obstacle::reason)
        .extracting(Obstacle::message)
        .asString()
        .contains(variable);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"DbgMiniDumpType", "COMPlus_gcServer", "DOTNET_DbgMiniDumpTypes", "DOTNET_"})
  void whatIsNotOfDumpsIsNotInTheWay(String variable) {
    assertThat(obstacle(variable)).isEmpty();
  }
}
