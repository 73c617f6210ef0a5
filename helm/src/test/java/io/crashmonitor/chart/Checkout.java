package io.crashmonitor.chart;

import java.nio.file.Path;

/**
 * Places in the checkout. What of it is made from something else, tests hold to that; to write it
 * anew: {@code ./mvnw -pl helm -am verify -Dchart.update=true
 * -Dit.test=ChartRenderIT,KubeconformIT,InstallManifestIT,HealthIT -Dtest=None
 * -Dsurefire.failIfNoSpecifiedTests=false -Dfailsafe.failIfNoSpecifiedTests=false}.
 */
final class Checkout {
  static final Path ROOT =
      Path.of(System.getProperty("crashmonitor.root", "..")).toAbsolutePath().normalize();
  static final Path CHART = ROOT.resolve("helm/crash-monitor");
  static final Path EXAMPLES = ROOT.resolve("examples");
  static final Path DEFINITION = ROOT.resolve("crds/crashmonitorsessions.yaml");

  /** For kubeconform and editors. */
  static final Path SCHEMA = ROOT.resolve("crds/schema/crashmonitorsession_v1alpha1.json");

  static final Path INSTALL = ROOT.resolve("install.yaml");

  private Checkout() {}
}
