package io.crashmonitor.minidump.unwind;

import static io.crashmonitor.minidump.synth.ImageBuilder.TEXT;
import static org.assertj.core.api.Assertions.assertThat;

import io.crashmonitor.minidump.AnalysisOptions;
import io.crashmonitor.minidump.MinidumpAnalyzer;
import io.crashmonitor.minidump.report.CrashReport;
import io.crashmonitor.minidump.report.CrashReport.Frame;
import io.crashmonitor.minidump.synth.Bytes;
import io.crashmonitor.minidump.synth.DumpBuilder;
import io.crashmonitor.minidump.synth.ImageBuilder;
import io.crashmonitor.minidump.synth.UnwindCodes;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Each rule of amd64 unwinding on an image made for it. */
class Amd64WalkTest {
  private static final long BASE = 0x140000000L;
  private static final long STACK = 0x10000L;
  private static final int CALLEE = TEXT + 0x100;
  private static final int CALLER = TEXT + 0x200;
  private static final int OUTER = TEXT + 0x300;
  private static final int RSP = 4;
  private static final int RBP = 5;
  private static final int RBX = 3;

  private final ImageBuilder image =
      ImageBuilder.amd64()
          // caller: sub rsp, 0x28; outer: push rbp; mov rbp, rsp
          .function(CALLER, CALLER + 0x80, UnwindCodes.of(4).code(4, 2, 4).build())
          .function(
              OUTER,
              OUTER + 0x80,
              UnwindCodes.withFrame(4, RBP, 0).code(4, 3, 0).code(1, 0, RBP).build())
          .export("callee", CALLEE)
          .export("caller", CALLER)
          .export("outer", OUTER);
  private final Map<Integer, Long> registers = new HashMap<>(Map.of(RSP, STACK));
  private final Bytes stack = new Bytes();

  /** The caller's frame (0x28 bytes), then outer's (saved rbp), then the end of the stack. */
  private Bytes callersFrames() {
    stack.u64(BASE + CALLER + 0x20).padTo(stack.size() + 0x28);
    return stack.u64(BASE + OUTER + 0x30).u64(0).u64(0);
  }

  private List<Frame> walk(long rva) throws IOException {
    byte[] context = DumpBuilder.amd64Context(BASE + rva, registers);
    byte[] dump =
        DumpBuilder.amd64()
            .thread(7, context)
            .exception(7, 0xC0000005L, BASE + rva, context, 0, 0x10)
            .module(BASE, ImageBuilder.SIZE, "C:\\app\\app.exe")
            .memory(STACK, stack.toArray())
            .memory(BASE, image.build())
            .build();
    CrashReport report =
        MinidumpAnalyzer.analyze(
            io.crashmonitor.minidump.reader.Minidump.of(
                io.crashmonitor.minidump.reader.ByteSource.of(dump)),
            AnalysisOptions.defaults());
    return report.crashingThread().frames();
  }

  private static List<String> functions(List<Frame> frames) {
    return frames.stream().map(frame -> frame.function() + "+" + frame.functionOffset()).toList();
  }

  private void assertWalks(List<Frame> frames, String first) {
    assertThat(functions(frames)).containsExactly(first, "caller+0x20", "outer+0x30");
    assertThat(frames.subList(1, 3)).extracting(Frame::source).containsOnly("unwind");
  }

  @Test
  void aLeafFunctionHasNoEntryAndItsReturnAddressOnTop() throws IOException {
    registers.put(RBP, STACK + 8 + 0x28 + 8);
    callersFrames();

    List<Frame> frames = walk(TEXT + 0x10);

    assertThat(functions(frames)).containsExactly("+", "caller+0x20", "outer+0x30");
  }

  @Test
  void undoesPushesAllocationsAndSavedRegisters() throws IOException {
    // push rbx; sub rsp, 0x10008 (large, 32 bits); mov [rsp+0x20], rbp
    image.function(
        CALLEE,
        CALLEE + 0x80,
        UnwindCodes.of(0x20)
            .code(0x20, 4, RBP)
            .slot(0x20 / 8)
            .code(8, 1, 1)
            .slot(0x0008)
            .slot(0x0001)
            .code(1, 0, RBX)
            .build());
    stack.padTo(0x20).u64(STACK + 0x10008 + 8 + 8 + 0x28 + 8).padTo(0x10008).u64(0xB0);
    callersFrames();

    assertWalks(walk(CALLEE + 0x40), "callee+0x40");
  }

  @Test
  void inTheFirstFramesPrologOnlyWhatHasRunIsUndone() throws IOException {
    // push rbx (done, offset 1); sub rsp, 0x28 (not yet, offset 8)
    image.function(CALLEE, CALLEE + 0x80, UnwindCodes.of(8).code(8, 2, 4).code(1, 0, RBX).build());
    registers.put(RBP, STACK + 8 + 8 + 0x28 + 8);
    stack.u64(0xB0);
    callersFrames();

    assertWalks(walk(CALLEE + 4), "callee+0x4");
  }

  @Test
  void aCallerThatProbesTheStackInItsPrologHasNotAllocatedYet() throws IOException {
    // push rbx; call probe (returns to offset 0xB); sub rsp, 0x1020 at offset 0xE
    image.function(
        CALLEE,
        CALLEE + 0x80,
        UnwindCodes.of(0xE).code(0xE, 1, 0).slot(0x1020 / 8).code(1, 0, RBX).build());
    registers.put(RBP, STACK + 8 + 8 + 8 + 0x28 + 8);
    stack.u64(BASE + CALLEE + 0xB).u64(0xB0);
    callersFrames();

    assertThat(functions(walk(TEXT + 0x10)))
        .containsExactly("+", "callee+0xb", "caller+0x20", "outer+0x30");
  }

  @Test
  void anEpilogIsFinishedInsteadOfUndoingTheProlog() throws IOException {
    image
        .function(CALLEE, CALLEE + 0x80, UnwindCodes.of(8).code(8, 2, 4).code(1, 0, RBX).build())
        // add rsp, 0x28; pop rbx; ret — stopped at the pop
        .code(CALLEE + 0x40, 0x48, 0x83, 0xC4, 0x28, 0x5B, 0xC3);
    registers.put(RBP, STACK + 8 + 8 + 0x28 + 8);
    stack.u64(0xB0);
    callersFrames();

    assertWalks(walk(CALLEE + 0x44), "callee+0x44");
  }

  @Test
  void aTailCallEndsAnEpilogToo() throws IOException {
    image
        .function(CALLEE, CALLEE + 0x80, UnwindCodes.of(4).code(4, 2, 4).build())
        // add rsp, 0x28; jmp far outside — stopped at the jump
        .code(CALLEE + 0x40, 0x48, 0x83, 0xC4, 0x28, 0xE9, 0x00, 0x02, 0x00, 0x00);
    registers.put(RBP, STACK + 8 + 0x28 + 8);
    callersFrames();

    assertWalks(walk(CALLEE + 0x44), "callee+0x44");
  }

  @Test
  void aJumpWithinTheFunctionIsNoEpilog() throws IOException {
    image
        .function(CALLEE, CALLEE + 0x80, UnwindCodes.of(4).code(4, 2, 4).build())
        .code(CALLEE + 0x44, 0xEB, 0x02);
    registers.put(RBP, STACK + 0x28 + 8 + 0x28 + 8);
    stack.padTo(0x28);
    callersFrames();

    assertWalks(walk(CALLEE + 0x44), "callee+0x44");
  }

  @Test
  void chainedInformationIsUndoneAndNamedByItsFunction() throws IOException {
    int primary = image.unwindInfo(UnwindCodes.of(1).code(1, 0, RBX).build());
    image
        .function(CALLEE, CALLEE + 0x40, primary)
        // the split-off part has pushed more: odd count of codes, so padded
        .function(
            CALLEE + 0x40,
            CALLEE + 0x80,
            UnwindCodes.of(0).code(0, 2, 1).chainedTo(CALLEE, CALLEE + 0x40, primary));
    registers.put(RBP, STACK + 0x10 + 8 + 8 + 0x28 + 8);
    stack.padTo(0x10).u64(0xB0);
    callersFrames();

    assertWalks(walk(CALLEE + 0x60), "callee+0x60");
  }

  @Test
  void theFrameRegisterGivesTheStackPointerBack() throws IOException {
    // push rbp; lea rbp, [rsp-0x10 … frame offset 0x20]; then a dynamic allocation
    image.function(
        CALLEE,
        CALLEE + 0x80,
        UnwindCodes.withFrame(8, RBP, 0x20).code(8, 3, 0).code(4, 2, 5).code(1, 0, RBP).build());
    // Frame: rsp was STACK+0x100 after the fixed allocation of 0x30, rbp = that + 0x20.
    registers.put(RBP, STACK + 0x100 + 0x20);
    long saved = STACK + 0x100 + 0x30;
    stack.padTo(0x130).u64(saved + 8 + 8 + 0x28 + 8);
    callersFrames();

    assertWalks(walk(CALLEE + 0x40), "callee+0x40");
  }

  @Test
  void aMachineFrameGoesOnWhereTheExceptionStruckNotBeforeIt() throws IOException {
    image.function(CALLEE, CALLEE + 0x80, UnwindCodes.of(0).code(0, 10, 0).build());
    // rip, cs, eflags, rsp, ss: the exception struck at the very first byte of caller.
    registers.put(RBP, STACK + 0x108);
    stack.u64(BASE + CALLER).u64(0x33).u64(0).u64(STACK + 0x100).u64(0x2B).padTo(0x100);
    stack.u64(BASE + OUTER + 0x30).u64(0).u64(0);

    assertThat(functions(walk(CALLEE + 0x40)))
        .containsExactly("callee+0x40", "caller+0x0", "outer+0x30");
  }

  @Test
  void version2DescriptionsOfEpilogsAreNoInstructions() throws IOException {
    image.function(
        CALLEE,
        CALLEE + 0x80,
        UnwindCodes.version2(4).code(6, 6, 1).code(0, 6, 0).code(4, 2, 4).build());
    registers.put(RBP, STACK + 0x28 + 8 + 0x28 + 8);
    stack.padTo(0x28);
    callersFrames();

    assertWalks(walk(CALLEE + 0x40), "callee+0x40");
  }

  /** Among the pointers the most frequent one: null. */
  @ParameterizedTest
  @ValueSource(longs = {0x7_0000_0000L, -BASE})
  void aCallOfABadPointerReturnsToItsCaller(long rva) throws IOException {
    registers.put(RBP, STACK + 8 + 0x28 + 8);
    // call rax before the return address
    image.code(CALLER + 0x1E, 0xFF, 0xD0);
    callersFrames();

    List<Frame> frames = walk(rva);

    assertThat(frames.get(0).module()).isEmpty();
    assertWalks(frames, "+");
  }

  @Test
  void aReturnAddressAfterTheLastInstructionBelongsToTheCall() throws IOException {
    // outer's call is its last instruction: the return address is the next function's begin
    registers.put(RBP, STACK + 8 + 0x28 + 8);
    stack.u64(BASE + CALLER + 0x20).padTo(stack.size() + 0x28);
    stack.u64(BASE + OUTER + 0x80).u64(0).u64(0);

    assertThat(functions(walk(TEXT + 0x10))).containsExactly("+", "caller+0x20", "outer+0x80");
  }

  @Test
  void theNearestExportIsNoNameForCodeOfAnotherFunction() throws IOException {
    // Between callee and caller lies a function without export.
    image.function(CALLEE + 0x80, CALLEE + 0xC0, UnwindCodes.of(0).build());
    registers.put(RBP, STACK + 8 + 0x28 + 8);
    callersFrames();

    assertWalks(walk(CALLEE + 0x90), "+");
  }

  @Test
  void endlessRecursionIsShownOnceWithItsCount() throws IOException {
    image.function(CALLEE, CALLEE + 0x80, UnwindCodes.of(4).code(4, 2, 4).build());
    int depth = 5000;
    registers.put(RBP, STACK + depth * 0x30L + 0x28 + 8 + 0x28 + 8);
    for (int i = 0; i < depth; i++) {
      stack.padTo(stack.size() + 0x28).u64(BASE + CALLEE + 0x22);
    }
    stack.padTo(stack.size() + 0x28);
    callersFrames();

    List<Frame> frames = walk(CALLEE + 0x20);

    assertThat(functions(frames))
        .containsExactly("callee+0x20", "callee+0x22", "caller+0x20", "outer+0x30");
    assertThat(frames.get(1)).returns(depth, Frame::repeats).returns(1, Frame::cycle);
  }

  @Test
  void withoutTablesFramesAreSearchedAndLabelledSo() throws IOException {
    image.code(CALLER + 0x1B, 0xE8, 0, 0, 0, 0);
    stack.u64(0x1234).u64(BASE + CALLEE + 0x20).u64(BASE + CALLER + 0x20).u64(0);
    byte[] text = new byte[0x1000];
    System.arraycopy(image.build(), TEXT, text, 0, text.length);
    byte[] context = DumpBuilder.amd64Context(BASE + CALLEE, registers);

    CrashReport report =
        MinidumpAnalyzer.analyze(
            DumpBuilder.amd64()
                .thread(7, context)
                .exception(7, 0xC0000005L, BASE + CALLEE, context, 1, 0x10)
                .module(BASE, ImageBuilder.SIZE, "C:\\app\\app.exe")
                .memory(STACK, stack.toArray())
                .memory(BASE + TEXT, text)
                .open(),
            AnalysisOptions.defaults());

    // The first candidate has no call before it: it is a left-over, not a return address.
    assertThat(report.crashingThread().frames())
        .extracting(frame -> frame.offset() + " " + frame.source())
        .containsExactly("0x1100 context", "0x1220 guessed");
    assertThat(report.findings()).extracting(CrashReport.FindingFacts::part).contains("stack");
  }
}
