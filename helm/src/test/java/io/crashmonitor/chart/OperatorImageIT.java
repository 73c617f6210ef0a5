package io.crashmonitor.chart;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The operator's image, as the build makes it without a container engine. */
class OperatorImageIT {
  @TempDir private Path folder;

  @ParameterizedTest
  @ValueSource(strings = {"amd64", "arm64"})
  void runsTheOperatorAsNobodyWithItsLibrariesInALayerOfTheirOwn(String architecture)
      throws IOException {
    Path tar = Checkout.ROOT.resolve("operator/target/operator-image-" + architecture + ".tar");
    assertThat(tar).as("run ./mvnw -pl operator -am package").exists();
    Command.of("tar", "-xf", tar.toString(), "-C", folder.toString()).run().succeeded();
    ObjectMapper json = new ObjectMapper();
    JsonNode manifest = json.readTree(folder.resolve("manifest.json").toFile()).get(0);
    JsonNode image = json.readTree(folder.resolve(manifest.path("Config").asText()).toFile());

    assertThat(image.path("os").asText()).isEqualTo("linux");
    assertThat(image.path("architecture").asText()).isEqualTo(architecture);
    assertThat(image.path("created").asText()).as("reproducible").isEqualTo("1970-01-01T00:00:00Z");
    assertThat(image.at("/config/User").asText()).isEqualTo("65532:65532");
    assertThat(image.at("/config/Entrypoint").toString())
        .contains("io.crashmonitor.operator.OperatorMain", "ExitOnOutOfMemoryError");
    assertThat(image.at("/config/ExposedPorts").toString()).contains("8443/tcp", "8081/tcp");
    List<List<String>> layers = new ArrayList<>();
    for (JsonNode layer : manifest.path("Layers")) {
      layers.add(files(folder.resolve(layer.asText())));
    }
    assertThat(layers.get(0))
        .as("libraries of others")
        .anyMatch(file -> file.matches("app/libs/operator-framework-.*jar"))
        .noneMatch(file -> file.contains("operator.jar") || file.contains("netty"));
    assertThat(layers.subList(1, layers.size()).stream().flatMap(List::stream))
        .as("ours")
        .contains("app/classpath/operator.jar", "app/jib-classpath-file")
        .anyMatch(file -> file.startsWith("app/libs/crds-"));
    assertThat(layers.stream().flatMap(List::stream)).allMatch(file -> file.startsWith("app/"));
  }

  private static List<String> files(Path layer) {
    return Command.of("tar", "-tzf", layer.toString()).run().succeeded().lines().toList();
  }
}
