package io.crashmonitor.chart;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/**
 * The manifest for people without Helm: what the chart renders with its defaults, without what
 * speaks of Helm, in a namespace of its own.
 */
final class InstallManifest {
  private static final String HEAD =
      """
      # crash-monitor, rendered from helm/crash-monitor with its defaults. Install or upgrade:
      #   kubectl apply --server-side -f install.yaml
      # Then accept ProcDump's licence (https://learn.microsoft.com/sysinternals/license-terms); nothing is monitored before:
      #   kubectl --namespace crash-monitor set env deployment/crash-monitor-operator CRASH_MONITOR_ACCEPT_PROCDUMP_LICENCE=true
      apiVersion: v1
      kind: Namespace
      metadata:
        name: crash-monitor
        labels:
          app.kubernetes.io/part-of: crash-monitor
          pod-security.kubernetes.io/enforce: restricted
      """;

  private static final List<String> OF_HELM =
      List.of("# Source:", "helm.sh/chart:", "app.kubernetes.io/managed-by: Helm");

  private InstallManifest() {}

  static String of(Helm helm) {
    // keep is an annotation for Helm alone.
    String rendered = helm.template("--set=crds.keep=false");
    return HEAD
        + Arrays.stream(rendered.split("\n"))
            .filter(line -> OF_HELM.stream().noneMatch(line.strip()::startsWith))
            .collect(Collectors.joining("\n", "", "\n"));
  }
}
