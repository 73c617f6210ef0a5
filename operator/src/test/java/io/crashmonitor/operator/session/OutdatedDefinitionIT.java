package io.crashmonitor.operator.session;

import static io.crashmonitor.operator.session.RunningOperator.condition;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.crashmonitor.api.ConditionTypes;
import io.crashmonitor.api.CrashMonitorSession;
import io.crashmonitor.api.Names;
import io.crashmonitor.api.Phase;
import io.crashmonitor.api.Reasons;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.api.model.apiextensions.v1.JSONSchemaProps;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A cluster whose definition nobody upgraded along with the operator. */
class OutdatedDefinitionIT extends SessionsInCluster {
  @AfterEach
  void bringTheDefinitionBack() {
    define(definition());
    awaitServed(fields -> fields.contains("\"exitCodes\"") && fields.contains("\"replicas\""));
  }

  @Test
  void theOperatorGoesOnWithoutTheFieldsAndSaysWhichAndTakesThemOnceTheyAreThere() {
    lose("exitCodes", "replicas");
    awaitServed(fields -> !fields.contains("\"exitCodes\"") && !fields.contains("\"replicas\""));
    operator.close();
    operator = RunningOperator.onItsDefinition(controlPlane, namespace);
    create(Manifests.deployment("checkout"));
    create(Manifests.session("checkout", "checkout", ""));

    CrashMonitorSession without = operator.await("checkout", Phase.Starting);
    assertThat(without.getStatus().replicas()).isNull();
    assertThat(condition(without, ConditionTypes.STALLED).getReason())
        .isEqualTo(Reasons.DEFINITION_OUTDATED);
    assertThat(condition(without, ConditionTypes.STALLED).getMessage())
        .contains("lacks status.exitCodes, status.replicas");

    define(definition());
    awaitServed(fields -> fields.contains("\"replicas\""));
    annotate("checkout", Names.STOP_REQUESTED_AT);

    CrashMonitorSession with = operator.await("checkout", s -> s.getStatus().replicas() != null);
    assertThat(condition(with, ConditionTypes.STALLED).getReason()).isEqualTo(Reasons.AS_EXPECTED);
  }

  @Test
  void aDefinitionThatLosesFieldsUnderARunningOperatorIsNoticed() {
    create(Manifests.deployment("checkout"));
    create(Manifests.session("checkout", "checkout", ""));
    operator.await("checkout", Phase.Starting);

    lose("completion");
    awaitServed(fields -> !fields.contains("\"completion\""));
    annotate("checkout", Names.STOP_REQUESTED_AT);

    CrashMonitorSession stopped = operator.await("checkout", Phase.Completed);
    assertThat(condition(stopped, ConditionTypes.STALLED).getMessage())
        .contains("lacks status.completion");
  }

  private CustomResourceDefinition definition() {
    return admin
        .getKubernetesSerialization()
        .unmarshal(
            RunningOperator.read("crds/crashmonitorsessions.yaml"), CustomResourceDefinition.class);
  }

  private void lose(String... fields) {
    CustomResourceDefinition older = definition();
    JSONSchemaProps status =
        older
            .getSpec()
            .getVersions()
            .get(0)
            .getSchema()
            .getOpenAPIV3Schema()
            .getProperties()
            .get("status");
    for (String field : fields) {
      assertThat(status.getProperties().remove(field)).isNotNull();
    }
    define(older);
  }

  private void define(CustomResourceDefinition crd) {
    admin.resource(crd).fieldManager("test").forceConflicts().serverSideApply();
  }

  /** The API server describes a change of a definition a moment after it was made. */
  private void awaitServed(Predicate<String> fields) {
    await().atMost(RunningOperator.SOON).until(() -> fields.test(served()));
  }

  private String served() {
    // For a moment it may have no description of the group at all.
    String described = admin.raw("/openapi/v3/apis/crashmonitor.io/v1alpha1");
    return described == null ? "" : described;
  }
}
