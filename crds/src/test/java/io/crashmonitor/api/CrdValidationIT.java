package io.crashmonitor.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.crashmonitor.testbed.controlplane.ControlPlane;
import io.crashmonitor.testbed.controlplane.SharedControlPlane;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * The committed CRD on a real API server: each {@code valid-*.yaml} is accepted, each {@code
 * invalid-*.yaml} refused with HTTP 422 and the message its first line expects. A file of two
 * documents is a create and an update; {@code # phase:} sets the status in between.
 */
class CrdValidationIT {
  private static final Path FILES = Path.of("src/test/resources/validation");
  private static KubernetesClient client;
  private static String namespace;

  @BeforeAll
  static void installTheDefinition() throws IOException {
    ControlPlane controlPlane = SharedControlPlane.get();
    client = controlPlane.client();
    namespace = controlPlane.newNamespace("crd-validation");
    CustomResourceDefinition crd =
        Serialization.unmarshal(
            Files.readString(Path.of("crashmonitorsessions.yaml")), CustomResourceDefinition.class);
    client.resource(crd).forceConflicts().serverSideApply();
    client
        .apiextensions()
        .v1()
        .customResourceDefinitions()
        .withName(crd.getMetadata().getName())
        .waitUntilCondition(
            seen ->
                seen != null
                    && seen.getStatus() != null
                    && seen.getStatus().getConditions().stream()
                        .anyMatch(
                            c -> c.getType().equals("Established") && c.getStatus().equals("True")),
            30,
            TimeUnit.SECONDS);
  }

  @TestFactory
  Stream<DynamicTest> validSessionsAreAccepted() throws IOException {
    return cases("valid-").map(c -> DynamicTest.dynamicTest(c.name(), () -> c.post(client)));
  }

  @TestFactory
  Stream<DynamicTest> invalidSessionsAreRefusedWithAMessageThatNamesTheField() throws IOException {
    return cases("invalid-")
        .map(
            c ->
                DynamicTest.dynamicTest(
                    c.name(),
                    () ->
                        assertThatThrownBy(() -> c.post(client))
                            .isInstanceOfSatisfying(
                                KubernetesClientException.class,
                                e -> {
                                  assertThat(e.getCode()).isEqualTo(422);
                                  assertThat(e.getMessage()).contains(c.expected().orElseThrow());
                                })));
  }

  @Test
  void anAppliedSessionHasItsDefaultsAndIsNotYetLookedAt() throws IOException {
    GenericKubernetesResource minimal =
        cases("valid-minimal").findFirst().orElseThrow().post(client);

    CrashMonitorSession session =
        Serialization.unmarshal(Serialization.asJson(minimal), CrashMonitorSession.class);

    assertThat(session.getSpec().state()).isEqualTo(SessionState.Monitoring);
    assertThat(session.getSpec().maxDumps()).isEqualTo(3);
    assertThat(minimal.<String>get("spec", "dump", "type")).isEqualTo("Full");
    assertThat(minimal.<Object>get("spec", "dump", "firstChance"))
        .isEqualTo(List.of("E053534F", "C00000FD.STACK_OVERFLOW"));
    assertThat(minimal.<String>get("spec", "capture", "attach")).isEqualTo("Hook");
    assertThat(session.getStatus().observedGeneration()).isEqualTo(-1);
  }

  @Test
  void everyFieldIsExplained() throws IOException {
    String crd = Files.readString(Path.of("crashmonitorsessions.yaml"));

    assertThat(unexplained(Serialization.unmarshal(crd, Map.class), "")).isEmpty();
  }

  /** Paths of schema properties without a description; the outermost two are Kubernetes' own. */
  private static List<String> unexplained(Object node, String path) {
    List<String> missing = new ArrayList<>();
    if (node instanceof Map<?, ?> map) {
      if (map.get("properties") instanceof Map<?, ?> properties && !path.endsWith("conditions")) {
        properties.forEach(
            (name, schema) -> {
              boolean topLevel = path.endsWith("openAPIV3Schema");
              boolean ofCondition = path.endsWith("conditions.items");
              if (!topLevel && !ofCondition && !((Map<?, ?>) schema).containsKey("description")) {
                missing.add(path + "." + name);
              }
            });
      }
      map.forEach((key, value) -> missing.addAll(unexplained(value, path + "." + key)));
    } else if (node instanceof List<?> list) {
      list.forEach(value -> missing.addAll(unexplained(value, path)));
    }
    return missing;
  }

  private static Stream<Case> cases(String prefix) throws IOException {
    try (Stream<Path> files = Files.list(FILES)) {
      List<Case> cases =
          files
              .filter(f -> f.getFileName().toString().startsWith(prefix))
              .sorted()
              .map(Case::read)
              .toList();
      assertThat(cases).as("files %s*.yaml in %s", prefix, FILES).isNotEmpty();
      return cases.stream();
    }
  }

  private record Case(
      String name, Optional<String> expected, Optional<String> phase, List<String> documents) {
    static Case read(Path file) {
      try {
        String text = Files.readString(file);
        return new Case(
            file.getFileName().toString().replace(".yaml", ""),
            comment(text, "# expect: "),
            comment(text, "# phase: "),
            List.of(text.split("(?m)^---$")));
      } catch (IOException e) {
        throw new IllegalStateException("cannot read " + file, e);
      }
    }

    private static Optional<String> comment(String text, String key) {
      return text.lines()
          .filter(l -> l.startsWith(key))
          .map(l -> l.substring(key.length()))
          .findFirst();
    }

    /** Creates, or creates and updates; the last answer of the server. */
    GenericKubernetesResource post(KubernetesClient client) {
      Resource<GenericKubernetesResource> first = resource(client, documents.get(0));
      try {
        GenericKubernetesResource created = first.create();
        if (documents.size() == 1) {
          return created;
        }
        phase.ifPresent(
            value ->
                resource(client, documents.get(0))
                    .editStatus(
                        r -> {
                          r.setAdditionalProperty("status", Map.of("phase", value));
                          return r;
                        }));
        return resource(client, documents.get(1)).update();
      } finally {
        first.delete();
      }
    }

    private Resource<GenericKubernetesResource> resource(KubernetesClient client, String document) {
      GenericKubernetesResource session =
          Serialization.unmarshal(document, GenericKubernetesResource.class);
      session.getMetadata().setNamespace(namespace);
      session.getMetadata().setName(name);
      return client.resource(session);
    }
  }
}
