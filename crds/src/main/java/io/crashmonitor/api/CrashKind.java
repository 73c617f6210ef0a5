package io.crashmonitor.api;

/** What kind of event a crash was. */
public enum CrashKind {
  Crash,
  FirstChance,
  CrashedBeforeAttach
}
