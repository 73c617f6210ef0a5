package io.crashmonitor.chart;

import static org.awaitility.Awaitility.await;

import io.crashmonitor.testbed.controlplane.ControlPlane;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * kubectl as the cluster's administrator has it.
 *
 * @param namespace that it works in; empty where the manifests name theirs
 */
public record Kubectl(ControlPlane cluster, String namespace) {

  public Command command(String... arguments) {
    List<String> line = new ArrayList<>();
    line.add(cluster.kubectl().toString());
    if (!namespace.isEmpty()) {
      line.add("--namespace=" + namespace);
    }
    line.addAll(List.of(arguments));
    return Command.of(line.toArray(String[]::new))
        .with("KUBECONFIG", cluster.kubeconfig().toString());
  }

  /**
   * @return what it printed
   */
  public String run(String... arguments) {
    return command(arguments).run().succeeded();
  }

  /** Our definition, served. */
  void installDefinition() {
    define(Checkout.DEFINITION);
  }

  /** Applies CustomResourceDefinitions and waits until they are served. */
  void define(Path definitions) {
    run("apply", "--server-side", "--force-conflicts", "-f", definitions.toString());
    awaitDefinitions(definitions);
  }

  void awaitDefinitions(Path definitions) {
    // A definition has no conditions at all for a moment, which kubectl takes for an error.
    await()
        .atMost(Duration.ofMinutes(2))
        .untilAsserted(
            () -> run("wait", "--for=condition=Established", "-f", definitions.toString()));
  }
}
