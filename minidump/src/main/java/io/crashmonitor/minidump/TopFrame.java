package io.crashmonitor.minidump;

import io.crashmonitor.minidump.report.CrashReport.Frame;
import io.crashmonitor.minidump.report.CrashReport.ManagedException;
import io.crashmonitor.minidump.report.CrashReport.ManagedFrame;
import io.crashmonitor.minidump.report.Signature;
import io.crashmonitor.minidump.report.SkipList;
import java.util.List;
import java.util.Optional;

/**
 * The frame that a person would name when asked where it crashed: the first that is neither system
 * nor runtime. "In kernelbase.dll!RaiseException" says of a crash only that something was thrown.
 */
final class TopFrame {
  private TopFrame() {}

  /** Its name; empty where there is no frame at all. */
  static String of(
      List<ManagedException> managed, Optional<Stacks.Walked> crashing, SkipList skip) {
    Optional<String> thrown =
        managed.stream()
            .findFirst()
            .map(ManagedException::frames)
            .filter(frames -> !frames.isEmpty())
            .map(frames -> method(frames, skip));
    return thrown.or(() -> crashing.map(walked -> place(walked, skip))).orElse("");
  }

  private static String method(List<ManagedFrame> frames, SkipList skip) {
    return frames.stream()
        .map(ManagedFrame::method)
        .filter(method -> !skip.skipsMethod(method))
        .findFirst()
        .orElse(frames.get(0).method());
  }

  private static String place(Stacks.Walked walked, SkipList skip) {
    List<Frame> frames = walked.stack().frames();
    for (int i = 0; i < frames.size(); i++) {
      Signature.Part part = walked.signature().get(i);
      boolean somewhere = part.managed() || !part.module().isEmpty();
      if (somewhere && part.trusted() && !part.skippedBy(skip)) {
        return words(frames.get(i));
      }
    }
    return frames.isEmpty() ? "" : words(frames.get(0));
  }

  private static String words(Frame frame) {
    if (!frame.function().isEmpty()) {
      return frame.managed() ? frame.function() : frame.module() + "!" + frame.function();
    }
    return frame.module().isEmpty() ? frame.offset() : frame.module() + "+" + frame.offset();
  }
}
