package io.crashmonitor.operator.session;

/** Objects of the integration tests. */
final class Manifests {
  private Manifests() {}

  static String deployment(String name) {
    return """
        apiVersion: apps/v1
        kind: Deployment
        metadata: {name: %1$s}
        spec:
          replicas: 1
          selector: {matchLabels: {app: %1$s}}
          template:
            metadata: {labels: {app: %1$s}}
            spec:
              nodeSelector: {kubernetes.io/os: windows}
              terminationGracePeriodSeconds: 0
              containers:
                - name: app
                  image: shop/checkout:7
                  lifecycle: {preStop: {exec: {command: [drain.cmd]}}}
                  resources: {limits: {memory: 0.5Gi}}
        """
        .formatted(name);
  }

  static String session(String name, String target, String more) {
    return """
        apiVersion: crashmonitor.io/v1alpha1
        kind: CrashMonitorSession
        metadata: {name: %s}
        spec:
          target: {kind: Deployment, name: %s}
          storage:
            azureBlob: {account: shopdumps, container: crash-dumps, auth: {secretRef: {name: shop}}}
          %s
        """
        .formatted(name, target, more);
  }
}
