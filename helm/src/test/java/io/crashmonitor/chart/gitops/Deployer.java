package io.crashmonitor.chart.gitops;

import io.crashmonitor.chart.Command;
import io.crashmonitor.chart.Helm;
import io.crashmonitor.testbed.controlplane.ControlPlane;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * How people bring a manifest into a cluster. Argo CD and Flux themselves do not run here: they are
 * played by applies of the kind, field manager and force that they use.
 */
enum Deployer {
  KUBECTL(Merge.THREE_WAY, List.of("apply")),
  ARGO_CD(Merge.THREE_WAY, List.of("apply", "--field-manager=argocd-controller")),
  HELM3(Merge.THREE_WAY, Helm.HELM3),
  KUBECTL_SERVER_SIDE(Merge.SERVER_SIDE, List.of("apply", "--server-side")),
  ARGO_CD_SERVER_SIDE(
      Merge.SERVER_SIDE,
      List.of("apply", "--server-side", "--field-manager=argocd-controller", "--force-conflicts")),
  FLUX(
      Merge.SERVER_SIDE,
      List.of(
          "apply", "--server-side", "--field-manager=kustomize-controller", "--force-conflicts")),
  HELM4(Merge.SERVER_SIDE, Helm.HELM4);

  /** Who works out what changed: the tool from its last manifest, or the API server by owner. */
  enum Merge {
    THREE_WAY,
    SERVER_SIDE
  }

  private final Merge merge;
  private final List<String> kubectl;
  private final Optional<Helm> helm;

  Deployer(Merge merge, List<String> kubectl) {
    this.merge = merge;
    this.kubectl = kubectl;
    this.helm = Optional.empty();
  }

  Deployer(Merge merge, Helm helm) {
    this.merge = merge;
    this.kubectl = List.of();
    this.helm = Optional.of(helm);
  }

  Merge merge() {
    return merge;
  }

  Optional<Helm> helm() {
    return helm;
  }

  /** Brings a version of the app into the namespace. */
  Command.Result deploy(ControlPlane cluster, String namespace, App app, String... options) {
    if (helm.isPresent()) {
      return upgrade(helm.get(), cluster, namespace, app, options);
    }
    return kubectl(cluster, namespace, kubectl, "-f", "-").input(app.yaml()).run();
  }

  /** What the tool would change; empty when it would do nothing. Helm has no such question. */
  Optional<String> diff(ControlPlane cluster, String namespace, App app) {
    if (helm.isPresent()) {
      return Optional.empty();
    }
    List<String> line = new ArrayList<>(kubectl);
    line.set(0, "diff");
    Command.Result result = kubectl(cluster, namespace, line, "-f", "-").input(app.yaml()).run();
    if (result.exitCode() > 1) {
      throw new AssertionError(result + result.errors());
    }
    return Optional.of(result.output());
  }

  static Command kubectl(
      ControlPlane cluster, String namespace, List<String> verb, String... arguments) {
    List<String> line = new ArrayList<>();
    line.add(cluster.kubectl().toString());
    line.addAll(verb);
    line.add("--namespace=" + namespace);
    line.addAll(List.of(arguments));
    return Command.of(line.toArray(String[]::new))
        .with("KUBECONFIG", cluster.kubeconfig().toString());
  }

  private static Command.Result upgrade(
      Helm helm, ControlPlane cluster, String namespace, App app, String... options) {
    Path chart = Path.of("target", "gitops", namespace).toAbsolutePath();
    try {
      Files.createDirectories(chart.resolve("templates"));
      Files.writeString(
          chart.resolve("Chart.yaml"), "apiVersion: v2\nname: shop\nversion: 1.0.0\n");
      Files.writeString(chart.resolve("templates/app.yaml"), app.yaml());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    List<String> line =
        new ArrayList<>(
            List.of("upgrade", "--install", "shop", chart.toString(), "--namespace", namespace));
    line.addAll(List.of(options));
    return helm.command(line.toArray(String[]::new))
        .with("KUBECONFIG", cluster.kubeconfig().toString())
        .run();
  }
}
