package io.crashmonitor.operator.session;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.crashmonitor.agent.AgentProtocol;
import io.crashmonitor.api.ConditionTypes;
import io.crashmonitor.api.CrashMonitorSessionStatus;
import io.crashmonitor.api.CrashSummary;
import io.crashmonitor.api.Reasons;
import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ServedFieldsTest {
  private static final String STATUS = "/properties/status/properties";
  private static final String CRASH = STATUS + "/recentCrashes/items/properties";

  private final ObjectNode schema = committed();

  @Test
  void theCommittedDefinitionHasEveryFieldThatTheOperatorKnows() {
    assertThat(ServedFields.of(openApi(schema))).contains(ServedFields.ALL);
  }

  @Test
  void whatAnOlderDefinitionLacksIsNamedAtItsTop() {
    lose(STATUS, "exitCodes");
    lose(STATUS, "injection");
    lose(CRASH, "exceptionSource");
    lose("/properties/spec/properties", "logTail");

    assertThat(ServedFields.of(openApi(schema)).orElseThrow().missing())
        .containsExactlyInAnyOrder(
            "spec.logTail",
            "status.exitCodes",
            "status.injection",
            "status.recentCrashes.exceptionSource");
  }

  @Test
  void aFieldWhoseContentIsOpenTakesAll() {
    ((ObjectNode) schema.at(STATUS + "/run")).removeAll().put("type", "object");

    assertThat(ServedFields.of(openApi(schema))).contains(ServedFields.ALL);
  }

  @Test
  void whatIsNotUnderstoodIsNotTakenForMissing() {
    assertThat(ServedFields.of(AgentProtocol.mapper().createObjectNode())).isEmpty();
    assertThat(ServedFields.of(openApi(AgentProtocol.mapper().createObjectNode()))).isEmpty();
  }

  @Test
  void aStatusIsWrittenWithoutWhatIsMissingAndIsThenWhatTheClusterHolds() {
    Scene scene = Scene.monitoring().dumps(2);
    CrashMonitorSessionStatus whole = scene.status();
    lose(STATUS, "exitCodes");
    lose(STATUS, "injection");
    lose(CRASH, "blob");
    ServedFields served = ServedFields.of(openApi(schema)).orElseThrow();

    CrashMonitorSessionStatus fit = served.fit(whole);

    assertThat(whole.exitCodes()).isNotNull();
    assertThat(fit.exitCodes()).isNull();
    assertThat(fit.injection()).isNull();
    assertThat(fit.recentCrashes()).hasSize(2).extracting(CrashSummary::blob).containsOnlyNulls();
    assertThat(fit)
        .usingRecursiveComparison()
        .ignoringFields("exitCodes", "injection", "recentCrashes.blob")
        .isEqualTo(whole);
    assertThat(served.fit(fit)).as("no other write in the next turn").isEqualTo(fit);
  }

  @Test
  void aSessionSaysWhatIsMissingAndTheNextStepAndLooksAgain() {
    Scene scene = Scene.monitoring().definitionWithout("status.exitCodes", "spec.logTail");

    Condition stalled = stalled(scene);
    assertThat(stalled.getStatus()).as("nothing waits for it").isEqualTo("False");
    assertThat(stalled.getReason()).isEqualTo(Reasons.DEFINITION_OUTDATED);
    assertThat(stalled.getMessage())
        .contains("spec.logTail, status.exitCodes")
        .contains("kubectl apply --server-side");
    assertThat(WakeUps.next(scene.situation(), scene.plan().standing()))
        .isEqualTo(ServedFields.LOOK_AGAIN);
    assertThat(stalled(scene.definitionWithout()).getReason()).isEqualTo(Reasons.AS_EXPECTED);
    assertThat(WakeUps.next(scene.situation(), scene.plan().standing()))
        .isGreaterThan(Duration.ofMinutes(1));
  }

  private static Condition stalled(Scene scene) {
    return Conditions.find(scene.status().conditions(), ConditionTypes.STALLED).orElseThrow();
  }

  private void lose(String where, String field) {
    Optional.ofNullable(((ObjectNode) schema.at(where)).remove(field)).orElseThrow();
  }

  /** As the API server describes a group. */
  private static JsonNode openApi(ObjectNode schema) {
    ObjectNode described = schema.deepCopy();
    described
        .putArray("x-kubernetes-group-version-kind")
        .addObject()
        .put("group", "crashmonitor.io")
        .put("version", "v1alpha1")
        .put("kind", "CrashMonitorSession");
    ObjectNode document = AgentProtocol.mapper().createObjectNode();
    document
        .putObject("components")
        .putObject("schemas")
        .set("io.crashmonitor.v1alpha1.CrashMonitorSession", described);
    return document;
  }

  private static ObjectNode committed() {
    var crd =
        new KubernetesSerialization()
            .unmarshal(
                RunningOperator.read("crds/crashmonitorsessions.yaml"),
                CustomResourceDefinition.class);
    return AgentProtocol.mapper()
        .valueToTree(crd.getSpec().getVersions().get(0).getSchema().getOpenAPIV3Schema());
  }
}
