package io.crashmonitor.minidump.unwind;

import static io.crashmonitor.minidump.synth.ImageBuilder.TEXT;
import static org.assertj.core.api.Assertions.assertThat;

import io.crashmonitor.minidump.AnalysisOptions;
import io.crashmonitor.minidump.Corpus;
import io.crashmonitor.minidump.MinidumpAnalyzer;
import io.crashmonitor.minidump.report.CrashReport.Frame;
import io.crashmonitor.minidump.synth.Bytes;
import io.crashmonitor.minidump.synth.DumpBuilder;
import io.crashmonitor.minidump.synth.ImageBuilder;
import io.crashmonitor.minidump.synth.Streams;
import io.crashmonitor.minidump.synth.UnwindCodes;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Stacks through code that a program made at run time and that the dump lists (FunctionTable). */
class DynamicCodeWalkTest {
  private static final long BASE = 0x140000000L;
  private static final long STACK = 0x10000L;
  private static final int CALLER = TEXT + 0x200;
  private static final int OUTER = TEXT + 0x300;
  private static final int RSP = 4;

  private final ImageBuilder image =
      ImageBuilder.amd64()
          // sub rsp, 0x28 both; each has called where the tests return to
          .function(CALLER, CALLER + 0x80, UnwindCodes.of(4).code(4, 2, 4).build())
          .function(OUTER, OUTER + 0x80, UnwindCodes.of(4).code(4, 2, 4).build())
          .code(CALLER + 0x1B, 0xE8, 0, 0, 0, 0)
          .code(OUTER + 0x2B, 0xE8, 0, 0, 0, 0)
          .export("caller", CALLER)
          .export("outer", OUTER);
  private final Map<Integer, Long> registers = new HashMap<>(Map.of(RSP, STACK));
  private final Bytes stack = new Bytes();

  @Test
  void codeMadeAtRunTimeIsUnwoundByTheTableTheDumpHas() throws IOException {
    long made = 0x5000_0000L;
    // sub rsp, 0x18 in 0x100 to 0x180; the table is not sorted.
    byte[] unwind = UnwindCodes.of(4).code(4, 2, 2).build();
    byte[] table =
        Streams.functionTable(made, made + 0x1000, 0x200, 0x280, 0x800, 0x100, 0x180, 0x800);
    stack.padTo(0x18).u64(BASE + CALLER + 0x20).padTo(stack.size() + 0x28);
    stack
        .u64(made + 0x220)
        .padTo(stack.size() + 0x18)
        .u64(BASE + OUTER + 0x30)
        .padTo(stack.size() + 0x28)
        .u64(0);
    byte[] context = DumpBuilder.amd64Context(made + 0x140, registers);
    DumpBuilder dump =
        DumpBuilder.amd64()
            .thread(7, context)
            .exception(7, 0xC0000005L, made + 0x140, context, 0, 0x10)
            .module(BASE, ImageBuilder.SIZE, "C:\\app\\app.exe")
            .memory(STACK, stack.toArray())
            .memory(BASE, image.build())
            .memory(made + 0x800, unwind)
            .stream(13, table);

    List<Frame> frames =
        MinidumpAnalyzer.analyze(dump.open(), AnalysisOptions.defaults()).crashingThread().frames();

    assertThat(frames)
        .extracting(frame -> frame.function() + "@" + frame.offset() + " " + frame.source())
        .containsExactly(
            "@0x50000140 context",
            "caller@0x1220 unwind",
            "@0x50000220 jit",
            "outer@0x1330 unwind");
  }

  @Test
  void anEntryForAllOfAnEnginesCodeUnwindsNothing() throws IOException {
    long made = 0x5000_0000L;
    byte[] everything = UnwindCodes.of(0).build();
    byte[] table = Streams.functionTable(made, made + 0x2000_0000L, 0, 0x2000_0000L, 0xC);
    stack.u64(0x1234).u64(BASE + CALLER + 0x20).padTo(0x10 + 0x28).u64(BASE + OUTER + 0x30);
    stack.u64(0).u64(0);
    byte[] context = DumpBuilder.amd64Context(made + 0x140, registers);
    DumpBuilder dump =
        DumpBuilder.amd64()
            .thread(7, context)
            .exception(7, 0xC0000005L, made + 0x140, context, 0, 0x10)
            .module(BASE, ImageBuilder.SIZE, "C:\\app\\app.exe")
            .memory(STACK, stack.toArray())
            .memory(BASE, image.build())
            .memory(made, new Bytes().padTo(0xC).raw(everything).padTo(0x1000).toArray())
            .stream(13, table);

    List<Frame> frames =
        MinidumpAnalyzer.analyze(dump.open(), AnalysisOptions.defaults()).crashingThread().frames();

    assertThat(frames)
        .extracting(frame -> frame.function() + "@" + frame.offset() + " " + frame.source())
        .startsWith("@0x50000140 context", "caller@0x1220 guessed");
  }

  @Test
  void theRealDumpOfSuchAnEngineHasNoFrameThatIsFalselySure() throws IOException {
    assertThat(
            MinidumpAnalyzer.analyze(
                    Corpus.dump("node-minidump__windows"), AnalysisOptions.defaults())
                .crashingThread()
                .frames())
        .extracting(Frame::source)
        .contains("guessed")
        .doesNotContain("unwind", "jit");
  }
}
