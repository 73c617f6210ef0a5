package io.crashmonitor.chart;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.crashmonitor.testbed.controlplane.ControlPlane;
import io.crashmonitor.testbed.controlplane.SharedControlPlane;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The steps of the example pipeline, run; the test plays the operator by writing the status. */
class PipelineIT {
  private static final Path FOLDER = Checkout.EXAMPLES.resolve("pipeline");
  private Kubectl kubectl;

  @BeforeEach
  void aNamespace() {
    ControlPlane cluster = SharedControlPlane.get();
    kubectl = new Kubectl(cluster, cluster.newNamespace("pipeline"));
    kubectl.installDefinition();
  }

  @Test
  void everyStepOfItsScriptIsThereAndTheWaitEndsWhenItWatches() {
    List<String> scripts = new ArrayList<>();
    for (JsonNode step :
        Manifests.read(FOLDER.resolve("azure-pipelines.yaml")).objects().get(0).path("steps")) {
      if (step.has("script")) {
        scripts.add(step.path("script").asText());
      }
    }
    assertThat(scripts).hasSize(4);
    assertThat(scripts.get(3)).startsWith("examples/pipeline/finish.sh shop load-test");
    assertThat(FOLDER.resolve("finish.sh")).isExecutable();

    shell(scripts.get(0)).run().succeeded();
    status("{\"observedGeneration\":1,\"phase\":\"Monitoring\"}");

    assertThat(shell(scripts.get(1)).run().succeeded()).contains("condition met");
  }

  @Test
  void endsWellWhenNothingCrashed() {
    start();
    status(completed(0, "[]"));

    Command.Result result = finish().run();

    assertThat(result.succeeded()).contains("condition met", "no crash");
    assertThat(kubectl.run("get", "cms/load-test", "--output=yaml"))
        .contains("crashmonitor.io/stop-requested-at:");
  }

  @Test
  void failsAndSaysWhatWhenTheAppCrashed() {
    start();
    status(
        completed(
            2,
            """
            [{"exitCode":-1073741819,"code":"0xC0000005","name":"ACCESS_VIOLATION","count":2,
              "dumps":2,"firstSeen":"2026-11-22T08:00:00Z","lastSeen":"2026-11-22T08:00:00Z",
              "topFrame":"shop!Checkout.Pay"}]"""));

    Command.Result result = finish().run();

    assertThat(result.exitCode()).isOne();
    assertThat(result.output()).contains("0xC0000005\tACCESS_VIOLATION\t2 crashes\tshop!Checkout");
    assertThat(result.errors()).contains("2 crashes");
  }

  @Test
  void failsWhenTheSessionDoesNotEnd() {
    start();
    status("{\"observedGeneration\":1,\"phase\":\"Starting\"}");

    assertThat(finish().with("TIMEOUT", "1s").run().failed()).contains("timed out");
  }

  private void start() {
    kubectl.run("apply", "-f", FOLDER.resolve("session.yaml").toString());
  }

  private Command finish() {
    return inShell(
        Command.of(FOLDER.resolve("finish.sh").toString(), kubectl.namespace(), "load-test"));
  }

  private Command shell(String script) {
    return inShell(
        Command.of("sh", "-ec", script.replace("--namespace shop", "-n " + kubectl.namespace())));
  }

  private Command inShell(Command command) {
    Path tools = kubectl.cluster().kubectl().getParent();
    return command
        .with("KUBECONFIG", kubectl.cluster().kubeconfig().toString())
        .with("PATH", tools + ":" + System.getenv("PATH"))
        .in(Checkout.ROOT);
  }

  private void status(String status) {
    kubectl.run(
        "patch",
        "cms/load-test",
        "--subresource=status",
        "--type=merge",
        "--patch={\"status\":" + status + "}");
  }

  private static String completed(int crashes, String groups) {
    return """
        {"observedGeneration":1,"phase":"Completed","crashCount":%d,"exitCodeGroups":%s,
         "conditions":[{"type":"Completed","status":"True","reason":"Stopped","message":"",
           "lastTransitionTime":"2026-11-22T08:00:00Z"}]}"""
        .formatted(crashes, groups);
  }
}
