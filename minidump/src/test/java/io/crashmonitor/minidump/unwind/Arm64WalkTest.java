package io.crashmonitor.minidump.unwind;

import static io.crashmonitor.minidump.synth.ImageBuilder.TEXT;
import static org.assertj.core.api.Assertions.assertThat;

import io.crashmonitor.minidump.AnalysisOptions;
import io.crashmonitor.minidump.MinidumpAnalyzer;
import io.crashmonitor.minidump.report.CrashReport;
import io.crashmonitor.minidump.synth.Bytes;
import io.crashmonitor.minidump.synth.DumpBuilder;
import io.crashmonitor.minidump.synth.ImageBuilder;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class Arm64WalkTest {
  private static final long BASE = 0x140000000L;
  private static final long STACK = 0x10000L;
  private static final int CALLEE = TEXT + 0x100;
  private static final int CALLER = TEXT + 0x200;
  private static final int OUTER = TEXT + 0x300;
  private static final int BL = 0x94;

  private final ImageBuilder image = ImageBuilder.arm64();
  private final Bytes stack = new Bytes();

  Arm64WalkTest() {
    image
        // caller: packed, x19 and x20, fp and lr chained, frame of 0x30: saves 0x10, locals 0x20
        .function(CALLER, 0, packed(0x80, 2, 3, 0x30))
        // outer: stp fp, lr, [sp, #-0x20]!; mov fp, sp
        .function(OUTER, 0, xdata(0x80, 0xE1, 0x83, 0xE4))
        .export("callee", CALLEE)
        .export("caller", CALLER)
        .export("outer", OUTER)
        .code(CALLER + 0x1C, 0, 0, 0, BL)
        .code(OUTER + 0x2C, 0, 0, 0, BL);
  }

  private static long packed(int length, int regI, int chain, int frame) {
    return 1 | length / 4 << 2 | regI << 16 | (long) chain << 21 | (long) frame / 16 << 23;
  }

  /** .xdata of a function with one epilog, at its end and undoing all, told in the header. */
  private long xdata(int length, int... codes) {
    int words = (codes.length + 3) / 4;
    Bytes info = new Bytes().u32(length / 4 | 1 << 21 | (long) words << 27);
    for (int code : codes) {
      info.u8(code);
    }
    return image.unwindInfo(info.padTo(4 + 4 * words).toArray());
  }

  /** caller's frame at the stack's current end (fp, lr, locals, x19, x20), then outer's. */
  private long callersFrames() {
    long caller = STACK + stack.size();
    long outer = caller + 0x30;
    stack.u64(outer).u64(BASE + OUTER + 0x30).padTo(stack.size() + 0x10).u64(19).u64(20);
    stack.u64(0).u64(0).padTo(stack.size() + 0x20);
    return caller;
  }

  private List<String> walk(long rva, long lr, long fp) throws IOException {
    byte[] context = DumpBuilder.arm64Context(BASE + rva, STACK, fp, lr, Map.of());
    CrashReport report =
        MinidumpAnalyzer.analyze(
            DumpBuilder.arm64()
                .thread(7, context)
                .exception(7, 0xC0000005L, BASE + rva, context, 0, 0)
                .module(BASE, ImageBuilder.SIZE, "C:\\app\\app.exe")
                .memory(STACK, stack.toArray())
                .memory(BASE, image.build())
                .open(),
            AnalysisOptions.defaults());
    return report.crashingThread().frames().stream()
        .map(frame -> frame.function() + "+" + frame.functionOffset() + " " + frame.source())
        .toList();
  }

  @Test
  void aLeafReturnsToTheLinkRegisterAndTablesDoTheRest() throws IOException {
    long fp = callersFrames();

    assertThat(walk(TEXT + 0x10, BASE + CALLER + 0x20, fp))
        .containsExactly("+ context", "caller+0x20 unwind", "outer+0x30 unwind");
  }

  @Test
  void undoesTheCodesOfALongPrologInReverse() throws IOException {
    // sub sp, #0x10 (alloc_s); stp x21, x22, [sp, #0x10] (save_regp); stp x19, x20, [sp, #-0x20]!
    image.function(CALLEE, 0, xdata(0x80, 0x01, 0xC8, 0x82, 0xCC, 0x03, 0x40, 0xE4));
    // Order of undoing: alloc 0x10; x21/x22 at sp+0x10; x19/x20 and 0x20; fp/lr at sp.
    stack.padTo(0x30);
    long fp = STACK + 0x40;
    stack.u64(fp).u64(BASE + CALLER + 0x20);
    stack.padTo((int) (fp - STACK));
    callersFrames();

    List<String> frames = walk(CALLEE + 0x40, 0, 0);

    assertThat(frames)
        .containsExactly("callee+0x40 context", "caller+0x20 unwind", "outer+0x30 unwind");
  }

  @Test
  void beforeThePrologHasRunNothingIsUndone() throws IOException {
    image.function(CALLEE, 0, xdata(0x80, 0xE1, 0x83, 0xE4));
    long fp = callersFrames();

    assertThat(walk(CALLEE, BASE + CALLER + 0x20, fp))
        .containsExactly("callee+0x0 context", "caller+0x20 unwind", "outer+0x30 unwind");
  }

  @Test
  void afterTheEpilogHasRunNothingIsUndone() throws IOException {
    image.function(CALLEE, 0, xdata(0x80, 0xE1, 0x83, 0xE4));
    long fp = callersFrames();

    // The function's last instruction is its return.
    assertThat(walk(CALLEE + 0x7C, BASE + CALLER + 0x20, fp))
        .containsExactly("callee+0x7c context", "caller+0x20 unwind", "outer+0x30 unwind");
  }

  @Test
  void withoutTablesTheChainOfFramePointersIsFollowedAndLabelledSo() throws IOException {
    long fp = callersFrames();
    byte[] context = DumpBuilder.arm64Context(BASE + CALLER + 0x20, STACK, fp, 0, Map.of());

    CrashReport report =
        MinidumpAnalyzer.analyze(
            DumpBuilder.arm64()
                .thread(7, context)
                .exception(7, 0xC0000005L, BASE + CALLER + 0x20, context, 0, 0)
                .module(BASE, ImageBuilder.SIZE, "app.exe")
                .memory(STACK, stack.toArray())
                .open(),
            AnalysisOptions.defaults());

    assertThat(report.crashingThread().frames())
        .extracting(frame -> frame.offset() + " " + frame.source())
        .containsExactly("0x1220 context", "0x1330 frame-pointer");
  }

  @Test
  void aCallOfANullPointerReturnsToTheLinkRegister() throws IOException {
    long fp = callersFrames();

    assertThat(walk(-BASE, BASE + CALLER + 0x20, fp))
        .containsExactly("+ context", "caller+0x20 unwind", "outer+0x30 unwind");
  }
}
