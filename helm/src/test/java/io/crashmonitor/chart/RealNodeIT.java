package io.crashmonitor.chart;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.crashmonitor.testbed.controlplane.ControlPlane;
import io.crashmonitor.testbed.controlplane.SharedControlPlane;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The run-book for a real Windows node, as far as it can be held to something here: its pods to a
 * real API server, its script to a run without pods. Shellcheck reads the script in {@link
 * ScriptsIT}.
 */
class RealNodeIT {
  private static final Path FOLDER = Checkout.ROOT.resolve("testbed/real-node");
  private static final Path SCRIPT = FOLDER.resolve("collect");

  @TempDir private Path folder;
  private static ControlPlane cluster;

  @BeforeAll
  static void start() {
    cluster = SharedControlPlane.get();
  }

  @Test
  void itsPodsAreOnesThatAnApiServerTakes() throws IOException {
    Kubectl kubectl = new Kubectl(cluster, cluster.newNamespace("real-node"));

    JsonNode applied =
        new ObjectMapper()
            .readTree(
                kubectl.run(
                    "apply",
                    "--dry-run=server",
                    "--validate=strict",
                    "--output=json",
                    "-f",
                    FOLDER.resolve("pods.yaml").toString()));

    assertThat(applied.path("items")).hasSizeGreaterThan(10);
    for (JsonNode pod : applied.path("items")) {
      if (pod.path("kind").asText().equals("Pod")) {
        assertThat(pod.at("/spec/initContainers/0/name").asText()).isEqualTo("crash-monitor-agent");
        assertThat(pod.at("/spec/nodeSelector/kubernetes.io~1os").asText()).isEqualTo("windows");
      }
    }
  }

  @Test
  void itsSessionIsOneThatTheApiTakes() throws IOException {
    Kubectl kubectl = new Kubectl(cluster, cluster.newNamespace("real-node-upload"));
    kubectl.installDefinition();
    String manifest =
        Files.readString(FOLDER.resolve("upload.yaml"))
            .replace("ACCOUNT", "shopdumps")
            .replace("CONTAINER", "crash-dumps")
            .replace("SECRET", "shopdumps");
    Path filled = Files.writeString(folder.resolve("upload.yaml"), manifest);

    assertThat(
            kubectl.run(
                "apply",
                "--dry-run=server",
                "--validate=strict",
                "--output=name",
                "-f",
                filled.toString()))
        .contains("deployment.apps/upload")
        .contains("crashmonitorsession.crashmonitor.io/upload");
  }

  @Test
  void saysThatAQuestionIsNotAskedForWantOfStorage() throws IOException {
    Path answers = folder.resolve("unasked");
    collect(answers, "upload");
    assertThat(Files.readString(answers.resolve("answers.md")))
        .contains("| not asked: needs the operator, --account, --container and --secret |");
  }

  @Test
  void everyQuestionIsAskedAndExplained() throws IOException {
    String script = Files.readString(SCRIPT);
    Matcher list = Pattern.compile("readonly questions=\"([^\"]*)\"").matcher(script);
    assertThat(list.find()).isTrue();
    List<String> questions = Arrays.asList(list.group(1).replace("\\\n", " ").split("\\s+"));

    assertThat(questions).hasSizeGreaterThan(10);
    String runBook = Files.readString(Checkout.ROOT.resolve("docs/real-node.md"));
    String pods = Files.readString(FOLDER.resolve("pods.yaml"));
    for (String question : questions) {
      assertThat(script).contains("ask_" + question + "()");
      assertThat(runBook).contains("`" + question + "`");
    }
    Matcher started = Pattern.compile("start ([a-z]+)").matcher(script);
    while (started.find()) {
      assertThat(pods).contains("question: " + started.group(1) + "}");
    }
  }

  @Test
  void writesItsAnswersDown() throws IOException {
    Path answers = folder.resolve("answers");
    Kubectl kubectl = new Kubectl(cluster, "");
    String nodes = kubectl.run("get", "nodes", "-l", "kubernetes.io/os=windows", "-o", "name");

    collect(answers, "node");

    assertThat(Files.readAllLines(answers.resolve("answers.md")))
        .startsWith("| question | answer |", "|---|---|")
        .anyMatch(line -> line.startsWith("| node | ") && (nodes.isEmpty() || line.length() > 20));
  }

  private static void collect(Path answers, String question) {
    Command.of(
            SCRIPT.toString(),
            "--sidecar",
            "r.example/sidecar:1",
            "--servercore",
            "r.example/sample:1",
            "--nanoserver",
            "r.example/sample:2",
            "--namespace",
            cluster.newNamespace("answers"),
            "--folder",
            answers.toString(),
            question)
        .with("KUBECONFIG", cluster.kubeconfig().toString())
        .with("PATH", cluster.kubectl().getParent() + ":" + System.getenv("PATH"))
        .run()
        .succeeded();
  }

  @Test
  void refusesAQuestionThatItDoesNotKnow() {
    assertThat(Command.of(SCRIPT.toString(), "weather").run().failed())
        .contains("Questions, default all of them");
  }
}
