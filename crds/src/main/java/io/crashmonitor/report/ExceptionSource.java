package io.crashmonitor.report;

/** Where the managed exception of a crash was read, best first. */
public enum ExceptionSource {
  /** In the dump. */
  Dump,
  /** ProcDump wrote it on its console when it happened. */
  ProcDump,
  /** The app wrote it on its console before it died. */
  PreviousLog
}
