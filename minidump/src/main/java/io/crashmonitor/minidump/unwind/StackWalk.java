package io.crashmonitor.minidump.unwind;

import io.crashmonitor.minidump.reader.CpuContext;
import java.util.List;

/** Walks a thread's stack from its registers to its first frame. */
public interface StackWalk {
  /**
   * The frames, innermost first; the first is the registers themselves. What cannot be read ends
   * the walk; it never throws for what the dump holds.
   *
   * @param limit most frames
   * @param stackEnd address after the stack's memory as far as the dump knows it; 0 when it does
   *     not
   */
  List<RawFrame> walk(CpuContext context, int limit, long stackEnd);

  /** The walk for a dump's architecture. */
  static StackWalk of(Code code) {
    return switch (code.architecture()) {
      case AMD64 -> new Amd64Walk(code);
      case ARM64 -> new Arm64Walk(code);
      default -> new FramePointerWalk(code);
    };
  }
}
