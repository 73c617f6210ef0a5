package io.crashmonitor.operator.inject;

import static org.assertj.core.api.Assertions.assertThat;

import io.crashmonitor.api.DumpType;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * What is applied to a workload, as files: {@code in-<case>.yaml} is the live workload, {@code
 * out-<case>.yaml} the intent that injects it. To write the latter anew: {@code
 * -Dgolden.update=true}.
 */
class InjectionGoldenTest {
  private static final Path FOLDER = Path.of("src/test/resources/injection");
  private static final String UID = "6d1c2a5e-5a0b-4a52-9d1f-0c4d6b1f7a01";
  private static final SidecarSettings SETTINGS =
      new SidecarSettings(
          "registry.example/crash-monitor/sidecar:2",
          "https://crash-monitor-agent.crash-monitor.svc.cluster.local:8443",
          List.of("registry-login"),
          "50m",
          "96Mi",
          "256Mi");
  private static final KubernetesSerialization YAML = new KubernetesSerialization();

  @TestFactory
  Stream<DynamicTest> everyLiveWorkloadHasItsIntent() throws IOException {
    return names("in-").stream()
        .map(name -> DynamicTest.dynamicTest(name, () -> compare(name, intent(name))));
  }

  @Test
  void noFileIsUnused() throws IOException {
    Set<String> all = names("");
    assertThat(names("in-")).isEqualTo(names("out-")).isNotEmpty();
    assertThat(all).allMatch(f -> f.startsWith("in-") || f.startsWith("out-"));
  }

  @TestFactory
  Stream<DynamicTest> theEmptyIntentNamesTheWorkloadAndNothingElse() throws IOException {
    return names("in-").stream()
        .map(
            name ->
                DynamicTest.dynamicTest(
                    name,
                    () -> {
                      Workload live = Workload.of(read(name));
                      HasMetadata empty = InjectionIntent.empty(live);
                      assertThat(YAML.asYaml(empty).lines().map(String::strip))
                          .containsExactlyInAnyOrder(
                              "---",
                              "apiVersion: \"apps/v1\"",
                              "kind: \"" + live.kind() + "\"",
                              "metadata:",
                              "name: \"" + live.name() + "\"",
                              "namespace: \"" + live.namespace() + "\"",
                              "uid: \"" + live.uid() + "\"");
                    }));
  }

  private static String intent(String name) throws IOException {
    Workload live = Workload.of(read(name));
    return YAML.asYaml(InjectionIntent.inject(live, UID, "app", capture(name), SETTINGS));
  }

  /** What the session of a case wants. */
  private static Capture capture(String name) {
    if (name.startsWith("createdump")) {
      return new Capture.ByRuntime(DumpType.Full);
    }
    return name.startsWith("manual") ? new Capture.Manual() : new Capture.Hook();
  }

  private static void compare(String name, String intent) throws IOException {
    Path golden = FOLDER.resolve("out-" + name + ".yaml");
    if (Boolean.getBoolean("golden.update")) {
      Files.writeString(golden, intent);
    }
    assertThat(intent).isEqualTo(Files.readString(golden));
  }

  private static HasMetadata read(String name) throws IOException {
    return YAML.unmarshal(Files.readString(FOLDER.resolve("in-" + name + ".yaml")));
  }

  private static Set<String> names(String start) throws IOException {
    try (var files = Files.list(FOLDER)) {
      Set<String> names = new TreeSet<>();
      files
          .map(f -> f.getFileName().toString())
          .filter(f -> f.startsWith(start))
          .forEach(f -> names.add(f.substring(start.length()).replace(".yaml", "")));
      return names;
    }
  }
}
