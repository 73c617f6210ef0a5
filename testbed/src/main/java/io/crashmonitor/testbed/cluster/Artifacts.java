package io.crashmonitor.testbed.cluster;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * What the build makes and a cluster needs, by place in the checkout.
 *
 * @param root of the checkout
 */
public record Artifacts(Path root) {

  /**
   * The checkout named by system property {@code crashmonitor.root}, or the one around the working
   * directory.
   *
   * @throws IllegalStateException when something is not built
   */
  public static Artifacts find() {
    String named = System.getProperty("crashmonitor.root");
    Path root = Path.of(named == null ? "." : named).toAbsolutePath().normalize();
    while (root != null && !Files.exists(root.resolve("crds/crashmonitorsessions.yaml"))) {
      root = root.getParent();
    }
    if (root == null) {
      throw new IllegalStateException("not in a checkout of crash-monitor");
    }
    Artifacts artifacts = new Artifacts(root);
    for (Path needed :
        List.of(artifacts.operatorJar(), artifacts.sidecarPayload(), artifacts.crasher())) {
      if (!Files.exists(needed)) {
        throw new IllegalStateException(
            root.relativize(needed) + " is not built: run ./mvnw -DskipTests package first");
      }
    }
    return artifacts;
  }

  /** What users apply to install the operator: definition, roles, service account, Deployment. */
  public Path installManifest() {
    return root.resolve("install.yaml");
  }

  public Path operatorJar() {
    return root.resolve("operator/target/operator.jar");
  }

  /** The operator's image on an empty base, as {@code docker save} writes it. */
  public Path operatorImage() {
    return root.resolve("operator/target/operator-image-amd64.tar");
  }

  /** The operator's image on its real base, made by profile kind where kind can be had. */
  public Path kindImage() {
    return root.resolve("operator/target/operator-image-kind.tar");
  }

  /** Prints why there can be no kind cluster here. */
  Path kindObstacle() {
    return root.resolve("testbed/kind-obstacle.sh");
  }

  public Path chart() {
    return root.resolve("helm/crash-monitor");
  }

  /** What lands at {@code C:\agent} of the sidecar's image. */
  public Path sidecarPayload() {
    return root.resolve("sidecar/target/payload");
  }

  /** The stand-in for ProcDump. */
  public Path procdumpStandIn() {
    return root.resolve("testbed/target/native/procdump64.exe");
  }

  /** The sample application. */
  public Path crasher() {
    return root.resolve("testbed/target/native/crasher.exe");
  }

  public Path examples() {
    return root.resolve("examples");
  }
}
