package io.crashmonitor.operator.inject;

import io.crashmonitor.api.AttachMode;
import io.crashmonitor.api.CaptureEngine;
import io.crashmonitor.api.DumpType;

/** How crashes are captured, as far as it stands in the pod template. Never two of them at once. */
public sealed interface Capture {
  /** Whose dump it is: ProcDump or CreateDump, never Auto. */
  CaptureEngine engine();

  /** In a word; equal for equal captures. */
  String word();

  /** What is written for it into a template, in words for status. */
  default String in(String container) {
    return container + ": " + word();
  }

  /** ProcDump, started by a postStart hook of ours. */
  record Hook() implements Capture {
    @Override
    public CaptureEngine engine() {
      return CaptureEngine.ProcDump;
    }

    @Override
    public String word() {
      return "Hook";
    }
  }

  /** ProcDump, started by the container's own command: {@code attach.exe launch}. */
  record Manual() implements Capture {
    @Override
    public CaptureEngine engine() {
      return CaptureEngine.ProcDump;
    }

    @Override
    public String word() {
      return "Manual";
    }
  }

  /**
   * The .NET runtime of the app, told by {@link RuntimeDumps#environment}; no hook, no debugger.
   */
  record ByRuntime(DumpType type) implements Capture {
    @Override
    public CaptureEngine engine() {
      return CaptureEngine.CreateDump;
    }

    @Override
    public String word() {
      return "CreateDump " + type;
    }
  }

  /**
   * @param engine ProcDump or CreateDump
   */
  static Capture of(CaptureEngine engine, AttachMode attach, DumpType type) {
    if (engine == CaptureEngine.CreateDump) {
      return new ByRuntime(type);
    }
    return attach == AttachMode.Manual ? new Manual() : new Hook();
  }
}
