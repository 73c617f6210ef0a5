package io.crashmonitor.api;

/** What writes the dump. */
public enum CaptureEngine {
  Auto,
  ProcDump,
  CreateDump
}
