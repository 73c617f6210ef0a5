package io.crashmonitor.api;

/** The kinds of workload that can be watched. */
public enum WorkloadKind {
  Deployment,
  StatefulSet,
  DaemonSet
}
