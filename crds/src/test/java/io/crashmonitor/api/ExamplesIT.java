package io.crashmonitor.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.crashmonitor.testbed.controlplane.ControlPlane;
import io.crashmonitor.testbed.controlplane.SharedControlPlane;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Each example is applied as a user does it: by {@code kubectl apply}. */
class ExamplesIT {
  private static final Path EXAMPLES = Path.of("../examples");
  private static ControlPlane controlPlane;
  private static String namespace;

  @BeforeAll
  static void installTheDefinition() throws Exception {
    controlPlane = SharedControlPlane.get();
    namespace = controlPlane.newNamespace("examples");
    assertThat(kubectl("apply", "--server-side", "-f", "crashmonitorsessions.yaml")).isZero();
    assertThat(
            kubectl(
                "wait",
                "--for=condition=Established",
                "crd/crashmonitorsessions.crashmonitor.io",
                "--timeout=30s"))
        .isZero();
  }

  @TestFactory
  Stream<DynamicTest> everyExampleApplies() throws IOException {
    List<Path> examples;
    try (Stream<Path> files = Files.walk(EXAMPLES)) {
      examples = files.filter(f -> f.toString().endsWith(".yaml")).sorted().toList();
    }
    assertThat(examples).isNotEmpty();
    return examples.stream()
        .map(
            file ->
                DynamicTest.dynamicTest(
                    EXAMPLES.relativize(file).toString(),
                    () -> assertThat(kubectl("apply", "-f", file.toString())).isZero()));
  }

  private static int kubectl(String... arguments) throws IOException, InterruptedException {
    return new ProcessBuilder(
            Stream.concat(
                    Stream.of(
                        controlPlane.kubectl().toString(),
                        "--kubeconfig",
                        controlPlane.kubeconfig().toString(),
                        "--namespace",
                        namespace),
                    Stream.of(arguments))
                .toList())
        .inheritIO()
        .start()
        .waitFor();
  }
}
