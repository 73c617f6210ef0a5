package io.crashmonitor.operator.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.crashmonitor.api.CrashMonitorSession;
import io.crashmonitor.api.Names;
import io.crashmonitor.api.Phase;
import io.crashmonitor.operator.inject.Rollout;
import io.crashmonitor.operator.storage.StorageFault;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * A session of each phase as the operator writes it, in the folder of Argo CD's health test: so
 * that what tools read out of a status is tested on real ones. {@code -Dexamples.update=true}
 * writes them anew.
 */
class StatusExamplesTest {
  private static final Path FOLDER =
      Path.of(System.getProperty("crashmonitor.root", ".."))
          .resolve("examples/argocd/resource_customizations/crashmonitor.io/CrashMonitorSession")
          .resolve("testdata");
  private static final KubernetesSerialization YAML = new KubernetesSerialization();

  private static Map<String, Scene> scenes() {
    Map<String, Scene> scenes = new TreeMap<>();
    scenes.put("blocked-licence", Scene.fresh().noLicence());
    scenes.put(
        "blocked-remote-debugging",
        Scene.monitoring().annotateWorkload(Names.REMOTE_DEBUGGING, "true"));
    scenes.put("completed-max-dumps", Scene.monitoring("maxDumps: 2").dumps(2));
    scenes.put("completed-stop-time", Scene.monitoring("duration: 1h").at(Duration.ofHours(2)));
    scenes.put("completed-stopped", Scene.monitoring("state: Stopped"));
    scenes.put("disabled", Scene.of("state: Disabled"));
    scenes.put(
        "failed",
        Scene.monitoring().pod("checkout-1", p -> p.appWaits("PostStartHookError", "oops")));
    scenes.put("failed-not-yet-supported", Scene.withWorkloadIdentity());
    scenes.put("monitoring", Scene.monitoring().dumps(1));
    scenes.put(
        "monitoring-nothing-attached",
        Scene.monitoring()
            .pod("checkout-1", p -> p.detached("AccessDenied", "ProcDump may not open the process"))
            .remember()
            .pod(
                "checkout-1",
                p ->
                    p.detached("AccessDenied", "ProcDump may not open the process")
                        .spoke(Scene.CREATED.plusSeconds(1199)))
            .at(Duration.ofMinutes(20)));
    scenes.put("pending", Scene.fresh().noTarget());
    scenes.put("pending-secret", Scene.fresh().fault(new StorageFault.SecretNotFound("shop")));
    scenes.put("scheduled", Scene.of("startTime: \"2026-11-23T08:00:00Z\""));
    scenes.put(
        "starting",
        Scene.monitoring()
            .rollout(new Rollout(false, false, "1 of 3 pods are of the new template")));
    return scenes;
  }

  @TestFactory
  Stream<DynamicTest> eachIsWhatTheOperatorWrites() {
    return scenes().entrySet().stream()
        .map(
            scene ->
                DynamicTest.dynamicTest(
                    scene.getKey(), () -> compare(scene.getKey(), scene.getValue())));
  }

  @Test
  void everyPhaseIsThere() {
    Set<Phase> phases =
        scenes().values().stream().map(scene -> scene.status().phase()).collect(Collectors.toSet());

    assertThat(phases).isEqualTo(EnumSet.allOf(Phase.class));
  }

  @Test
  void nothingEmptyIsWritten() {
    scenes()
        .forEach(
            (name, scene) ->
                assertThat(YAML.asYaml(scene.status()))
                    .as(name)
                    .doesNotContain("[]", "{}", "null"));
  }

  private static void compare(String name, Scene scene) throws IOException {
    CrashMonitorSession session = scene.remember().situation().seen().session();
    String made = YAML.asYaml(session);
    Path file = FOLDER.resolve(name + ".yaml");
    if (Boolean.getBoolean("examples.update")) {
      Files.createDirectories(FOLDER);
      Files.writeString(file, made);
    }

    assertThat(file).hasContent(made);
  }
}
