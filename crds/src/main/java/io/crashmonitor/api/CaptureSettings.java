package io.crashmonitor.api;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Default;

/** How dumps are captured. */
public record CaptureSettings(
    @JsonPropertyDescription(
            "What writes the dump: ProcDump, CreateDump (.NET 5 and later; accepted, not supported"
                + " yet) or Auto. Default Auto.")
        @Default("Auto")
        CaptureEngine engine,
    @JsonPropertyDescription(
            "Hook: a postStart hook of ours starts the helper. Manual: the container's own command"
                + " calls C:\\crash-monitor\\bin\\attach.exe launch (accepted, not supported yet)."
                + " Default Hook.")
        @Default("Hook")
        AttachMode attach) {
  public static final CaptureSettings DEFAULT = new CaptureSettings(null, null);

  public CaptureSettings {
    engine = engine == null ? CaptureEngine.Auto : engine;
    attach = attach == null ? AttachMode.Hook : attach;
  }
}
