package io.crashmonitor.chart;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.crashmonitor.testbed.controlplane.Provisioned;
import io.crashmonitor.testbed.controlplane.Tool;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The sidecar's Dockerfile, read by the frontend of BuildKit, and the script that pushes its
 * images. Building it needs registries, downloads and a builder.
 */
class SidecarImageIT {
  private static final Path SIDECAR = Checkout.ROOT.resolve("sidecar");
  private static final Path DOCKERFILE = SIDECAR.resolve("Dockerfile");

  @TempDir private Path folder;

  @ParameterizedTest
  @ValueSource(strings = {"sidecar/Dockerfile", "testbed/real-node/Dockerfile"})
  void hadolintFindsNoFault(String dockerfile) {
    Command.of(tool(Tool.HADOLINT), Checkout.ROOT.resolve(dockerfile).toString()).run().succeeded();
  }

  @Test
  void theSampleForARealNodeCopiesWhatIsBuilt() throws IOException {
    JsonNode image = read(Checkout.ROOT.resolve("testbed/real-node/Dockerfile"), "BASE=nanoserver");

    assertThat(image.path("warnings")).isEmpty();
    assertThat(sources(image, "docker-image://").get(0).path("identifier").asText())
        .startsWith("docker-image://mcr.microsoft.com/windows/nanoserver:ltsc2022@");
    assertThat(image.path("copies").findValuesAsText("from"))
        .isNotEmpty()
        .allSatisfy(
            file ->
                assertThat(Checkout.ROOT.resolve("testbed/target/native" + file)).isRegularFile());
  }

  @ParameterizedTest
  @CsvSource({
    "ltsc2019, not-accepted, 1",
    "ltsc2022, not-accepted, 1",
    "ltsc2025, not-accepted, 1",
    "ltsc2022, accepted, 2"
  })
  void copiesOnlyIntoTheWindowsThatIsAskedFor(String windows, String licence, int downloads)
      throws IOException {
    JsonNode image = read("WINDOWS=" + windows, "PROCDUMP_LICENCE=" + licence);

    assertThat(image.path("warnings")).isEmpty();
    assertThat(image.path("commands").findValuesAsText("platform")).containsOnly("linux/amd64");
    assertThat(sources(image, "docker-image://"))
        .filteredOn(source -> source.path("platform").asText().equals("windows/amd64"))
        .extracting(source -> source.path("identifier").asText().replaceAll("@.*", ""))
        .containsExactly("docker-image://mcr.microsoft.com/windows/nanoserver:" + windows);
    assertThat(sources(image, "https://"))
        .hasSize(downloads)
        .allSatisfy(
            source ->
                assertThat(source.at("/attributes/http.checksum").asText())
                    .matches("sha256:[0-9a-f]{64}"));
    assertThat(sources(image, "http://")).isEmpty();
    assertThat(image.path("copies").toString())
        .contains("{\"from\":\"/target/payload\",\"to\":\"/agent/\"}")
        .contains("{\"from\":\"/work/jre\",\"to\":\"/agent/jre/\"}")
        .contains("{\"from\":\"/work/procdump\",\"to\":\"/agent/\"}");
    assertThat(image.path("user").asText()).isEqualTo("ContainerUser");
    assertThat(image.path("entrypoint").toString())
        .isEqualTo("[\"C:\\\\agent\\\\attach.exe\",\"sidecar\"]");
  }

  @Test
  void whatItCopiesIsInTheCheckoutOrBuilt() throws IOException {
    JsonNode context = sources(read(), "local://").get(0);

    JsonNode paths =
        new ObjectMapper().readTree(context.at("/attributes/local.followpaths").asText());
    assertThat(paths).hasSize(2);
    List<String> sent = Files.readAllLines(SIDECAR.resolve(".dockerignore"));
    for (JsonNode path : paths) {
      assertThat(SIDECAR.resolve(path.asText())).exists();
      assertThat(sent).contains("!" + path.asText());
    }
    assertThat(SIDECAR.resolve("target/payload")).isDirectoryContaining("glob:**/java.options");
    assertThat(SIDECAR.resolve("target/payload")).isDirectoryContaining("glob:**/attach.exe");
    assertThat(SIDECAR.resolve("target/payload/lib"))
        .isDirectoryContaining("glob:**/sidecar-*.jar");
  }

  @Test
  void pushesAnImageForEachWindowsAndTheListOfThem() throws IOException {
    String calls = push("registry.example.com/agent", "1.2.0", "--accept-procdump-licence");

    assertThat(calls.lines().filter(call -> call.startsWith("buildx build")))
        .hasSize(3)
        .allSatisfy(
            call ->
                assertThat(call)
                    .contains("--platform windows/amd64")
                    .contains("PROCDUMP_LICENCE=accepted"));
    String list = "registry.example.com/agent:1.2.0";
    assertThat(calls)
        .contains("manifest create %1$s %1$s-ltsc2019 %1$s-ltsc2022 %1$s-ltsc2025".formatted(list))
        .contains("--os-version 10.0.20348.9 %1$s %1$s-ltsc2022".formatted(list))
        .endsWith("manifest push --purge " + list + "\n");
  }

  @Test
  void pushesNoProcDumpWithoutItsLicence() throws IOException {
    assertThat(push("registry.example.com/agent", "1.2.0", "ltsc2022"))
        .contains("WINDOWS=ltsc2022")
        .contains("PROCDUMP_LICENCE=not-accepted")
        .doesNotContain("ltsc2025");
  }

  @ParameterizedTest
  @ValueSource(strings = {"ltsc2016", "--accept"})
  void refusesToPushWhatItDoesNotKnow(String argument) {
    assertThat(
            Command.of(SIDECAR.resolve("image/push").toString(), "a", "1", argument).run().failed())
        .contains("sidecar/image/push registry.example.com");
  }

  /** Runs the script with a docker that only notes what it is told. */
  private String push(String... arguments) throws IOException {
    Path docker = folder.resolve("docker");
    Files.writeString(
        docker,
        """
        #!/bin/sh
        echo "$@" >>"$0.calls"
        case "$1 $2" in "manifest inspect") echo '{"platform": {"os.version": "10.0.20348.9"}}' ;; esac
        """);
    assertThat(docker.toFile().setExecutable(true)).isTrue();
    List<String> command = new ArrayList<>(List.of(SIDECAR.resolve("image/push").toString()));
    command.addAll(List.of(arguments));
    Command.of(command.toArray(String[]::new))
        .with("PATH", folder + ":" + System.getenv("PATH"))
        .run()
        .succeeded();
    return Files.readString(folder.resolve("docker.calls"));
  }

  private static JsonNode read(String... arguments) throws IOException {
    return read(DOCKERFILE, arguments);
  }

  private static JsonNode read(Path dockerfile, String... arguments) throws IOException {
    List<String> command =
        new ArrayList<>(List.of(tool(Tool.DOCKERFILE), dockerfile.toString(), "windows/amd64"));
    command.addAll(List.of(arguments));
    return new ObjectMapper()
        .readTree(Command.of(command.toArray(String[]::new)).run().succeeded());
  }

  private static List<JsonNode> sources(JsonNode image, String scheme) {
    return StreamSupport.stream(image.path("sources").spliterator(), false)
        .filter(source -> source.path("identifier").asText().startsWith(scheme))
        .toList();
  }

  private static String tool(Tool tool) {
    Provisioned tools = Provisioned.load();
    assumeTrue(
        tools.find(tool).isPresent(),
        () ->
            "%s is not here: testbed/provision.sh %s says why".formatted(tool.key(), tool.part()));
    return tools.path(tool).toString();
  }
}
