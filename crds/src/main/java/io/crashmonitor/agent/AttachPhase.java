package io.crashmonitor.agent;

import com.fasterxml.jackson.annotation.JsonEnumDefaultValue;

/** Where the helper in the app's container stands. */
public enum AttachPhase {
  /** No word from it (yet), or its heartbeat is old. */
  @JsonEnumDefaultValue
  Unknown,
  WaitingForSession,
  Disarmed,
  WaitingForProcess,
  Attached,
  /** A debugger is attached already: remote debugging takes precedence. */
  SteppedBack,
  /** ProcDump was asked to let go and has not yet. */
  CancelPending,
  Failed,
  /**
   * Nothing is attached and nothing has to be: the .NET runtime in the app writes a dump by itself
   * (engine CreateDump). The agent's own word, without a heartbeat.
   */
  RuntimeWritesDumps
}
