package io.crashmonitor.chart.gitops;

/**
 * The user's Deployment, as it stands in their repository.
 *
 * @param container the name of its container
 * @param image of it
 * @param environment YAML flow sequence of its variables
 * @param lifecycle YAML flow mapping; empty for none
 * @param parts whether it has init containers, volumes and mounts of its own
 */
record App(String container, String image, String environment, String lifecycle, boolean parts) {
  static final String NAME = "checkout";

  /** What every row of the matrix starts from. */
  static App first() {
    return new App(
        "app", "shop/checkout:1", "[{name: A, value: a}, {name: B, value: b}]", "", false);
  }

  App image(String other) {
    return new App(container, other, environment, lifecycle, parts);
  }

  App environment(String other) {
    return new App(container, image, other, lifecycle, parts);
  }

  App container(String other) {
    return new App(other, image, environment, lifecycle, parts);
  }

  App lifecycle(String other) {
    return new App(container, image, environment, other, parts);
  }

  App parts(boolean any) {
    return new App(container, image, environment, lifecycle, any);
  }

  String yaml() {
    return """
        apiVersion: apps/v1
        kind: Deployment
        metadata:
          name: %s
        spec:
          replicas: 1
          selector:
            matchLabels: {app: checkout}
          template:
            metadata:
              labels: {app: checkout}
            spec:
              nodeSelector: {kubernetes.io/os: windows}
              containers:
                - name: %s
                  image: %s
                  env: %s
        """
            .formatted(NAME, container, image, environment)
        + (lifecycle.isEmpty() ? "" : "          lifecycle: " + lifecycle + "\n")
        + (parts
            ? """
                        volumeMounts: [{name: data, mountPath: 'C:\\data'}]
                    initContainers: [{name: migrate, image: shop/migrate:1}]
                    volumes: [{name: data, emptyDir: {}}]
              """
            : "");
  }
}
