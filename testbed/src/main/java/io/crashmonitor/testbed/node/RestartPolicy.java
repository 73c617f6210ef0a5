package io.crashmonitor.testbed.node;

/** A pod's restart policy. */
enum RestartPolicy {
  ALWAYS,
  ON_FAILURE,
  NEVER;

  static RestartPolicy of(String name) {
    return switch (name == null ? "Always" : name) {
      case "Always" -> ALWAYS;
      case "OnFailure" -> ON_FAILURE;
      case "Never" -> NEVER;
      default -> throw new IllegalArgumentException("No restart policy: " + name);
    };
  }

  /** Whether a container of that kind is started again after such an end. */
  boolean restarts(ContainerKind kind, boolean succeeded) {
    return switch (kind) {
      case SIDECAR -> true;
      case INIT -> !succeeded && this != NEVER;
      case APP -> this == ALWAYS || this == ON_FAILURE && !succeeded;
    };
  }
}
