package io.crashmonitor.api;

/** Why a run ended. */
public enum CompletionReason {
  StopTimeReached,
  MaxDumpsReached,
  Stopped
}
