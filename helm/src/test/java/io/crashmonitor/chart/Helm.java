package io.crashmonitor.chart;

import io.crashmonitor.testbed.controlplane.Provisioned;
import io.crashmonitor.testbed.controlplane.Tool;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The two Helms that people have, with no configuration of the machine's user. */
public enum Helm {
  HELM3(Tool.HELM3, "v3.22.0"),
  HELM4(Tool.HELM4, "v4.3.1");

  /** The name of the release that gives the objects their usual names, and its namespace. */
  public static final String RELEASE = "crash-monitor";

  private final Tool tool;
  private final String version;

  Helm(Tool tool, String version) {
    this.tool = tool;
    this.version = version;
  }

  String version() {
    return version;
  }

  public Command command(String... arguments) {
    Path home = Path.of("target", "helm-home", name()).toAbsolutePath();
    List<String> line = new ArrayList<>();
    line.add(Provisioned.load().path(tool).toString());
    line.addAll(List.of(arguments));
    return Command.of(line.toArray(String[]::new))
        .with("HELM_CACHE_HOME", home.resolve("cache").toString())
        .with("HELM_CONFIG_HOME", home.resolve("config").toString())
        .with("HELM_DATA_HOME", home.resolve("data").toString());
  }

  /** What {@code helm template} prints of our chart. */
  String template(String... options) {
    return templateCommand(options).run().succeeded();
  }

  Command templateCommand(String... options) {
    List<String> line =
        new ArrayList<>(
            List.of("template", RELEASE, Checkout.CHART.toString(), "--namespace", RELEASE));
    line.addAll(List.of(options));
    return command(line.toArray(String[]::new));
  }

  /** The objects that {@code helm template} prints. */
  Manifests render(String... options) {
    return Manifests.parse(template(options));
  }
}
