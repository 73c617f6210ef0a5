package io.crashmonitor.testbed.node;

/** The part that a container plays in its pod. */
enum ContainerKind {
  /** Runs to its end before what comes after it. */
  INIT,
  /** An init container with restartPolicy Always: once started, what comes after it may start. */
  SIDECAR,
  APP
}
