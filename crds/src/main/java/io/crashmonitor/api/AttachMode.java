package io.crashmonitor.api;

/** How the debugger comes to the app: by our postStart hook, or by the user's own command. */
public enum AttachMode {
  Hook,
  Manual
}
