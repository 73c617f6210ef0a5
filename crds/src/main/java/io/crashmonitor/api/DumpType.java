package io.crashmonitor.api;

/** How much a dump holds, in ProcDump's words; None keeps the analysis only. */
public enum DumpType {
  Full,
  MiniPlus,
  Mini,
  Triage,
  None
}
