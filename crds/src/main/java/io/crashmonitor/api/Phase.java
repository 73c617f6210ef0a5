package io.crashmonitor.api;

/** Where a session stands; the first that is true, in this order. */
public enum Phase {
  Disabled,
  Failed,
  Completed,
  Scheduled,
  Blocked,
  Pending,
  Starting,
  Monitoring
}
