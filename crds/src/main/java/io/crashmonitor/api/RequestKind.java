package io.crashmonitor.api;

/** What a console or plugin asked for by annotation. */
public enum RequestKind {
  Stop,
  Run,
  Disable
}
