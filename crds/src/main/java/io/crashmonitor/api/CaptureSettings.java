package io.crashmonitor.api;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Default;

/** How dumps are captured. */
public record CaptureSettings(
    @JsonPropertyDescription(
            "What writes the dump: ProcDump; CreateDump (the runtime of .NET 6 and later itself, told"
                + " by environment variables; no debugger, also on Nano Server and for crashes at"
                + " start); or Auto: ProcDump, and from the next injection CreateDump where a node"
                + " is a Nano Server or nothing was attached for 5 minutes. Default Auto.")
        @Default("Auto")
        CaptureEngine engine,
    @JsonPropertyDescription(
            "Hook: a postStart hook of ours starts the helper. Manual: the container's own command"
                + " starts the app by C:\\crash-monitor\\bin\\attach.exe launch -- app.exe args, which"
                + " misses no crash at start. Means nothing to CreateDump. Default Hook.")
        @Default("Hook")
        AttachMode attach) {
  public static final CaptureSettings DEFAULT = new CaptureSettings(null, null);

  public CaptureSettings {
    engine = engine == null ? CaptureEngine.Auto : engine;
    attach = attach == null ? AttachMode.Hook : attach;
  }
}
