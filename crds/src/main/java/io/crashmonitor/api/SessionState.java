package io.crashmonitor.api;

/** What a user wants of a session. */
public enum SessionState {
  Monitoring,
  Stopped,
  Disabled
}
