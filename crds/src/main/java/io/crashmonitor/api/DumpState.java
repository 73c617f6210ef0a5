package io.crashmonitor.api;

/** What became of a crash's dump. */
public enum DumpState {
  Uploading,
  Stored,
  None,
  Refused,
  Truncated,
  Lost
}
