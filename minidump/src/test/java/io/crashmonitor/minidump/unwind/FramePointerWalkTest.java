package io.crashmonitor.minidump.unwind;

import static org.assertj.core.api.Assertions.assertThat;

import io.crashmonitor.minidump.AnalysisOptions;
import io.crashmonitor.minidump.MinidumpAnalyzer;
import io.crashmonitor.minidump.report.CrashReport;
import io.crashmonitor.minidump.synth.Bytes;
import io.crashmonitor.minidump.synth.DumpBuilder;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;

class FramePointerWalkTest {
  private static final long BASE = 0x400000L;
  private static final long STACK = 0x10000L;

  private static List<String> walk(long ip, long sp, long fp, Bytes stack) throws IOException {
    byte[] context = DumpBuilder.x86Context(ip, sp, fp);
    CrashReport report =
        MinidumpAnalyzer.analyze(
            DumpBuilder.x86()
                .smallMemory()
                .thread(7, context)
                .exception(7, 0xC0000005L, ip, context, 0, 0)
                .module(BASE, 0x10000, "C:\\app.exe")
                .memory(STACK, stack.toArray())
                .open(),
            AnalysisOptions.defaults());
    return report.crashingThread().frames().stream()
        .map(frame -> frame.offset() + " " + frame.source())
        .toList();
  }

  @Test
  void followsTheChainToItsEnd() throws IOException {
    Bytes stack = new Bytes().padTo(0x20).u32(STACK + 0x40).u32(BASE + 0x1100).padTo(0x40);
    stack.u32(0).u32(BASE + 0x1200).u32(BASE + 0x1300).padTo(0x60);

    // What lies above the chain's end is no frame, though it looks like a return address.
    assertThat(walk(BASE + 0x1000, STACK, STACK + 0x20, stack))
        .containsExactly("0x1000 context", "0x1100 frame-pointer", "0x1200 frame-pointer");
  }

  @Test
  void searchesWhereTheChainIsBrokenAndSaysSo() throws IOException {
    Bytes stack = new Bytes().padTo(0x10).u32(BASE + 0x1100).padTo(0x40);

    assertThat(walk(BASE + 0x1000, STACK, 0x41414141L, stack))
        .containsExactly("0x1000 context", "0x1100 guessed");
  }

  @Test
  void aCallOfABadPointerReturnsToWhatIsOnTop() throws IOException {
    Bytes stack = new Bytes().u32(BASE + 0x1100).padTo(0x20).u32(0).u32(BASE + 0x1200).padTo(0x40);

    assertThat(walk(0x41414141L, STACK, STACK + 0x20, stack))
        .containsExactly("0x41414141 context", "0x1100 guessed", "0x1200 frame-pointer");
  }

  @Test
  void aCallOfANullPointerHasItsCallersToo() throws IOException {
    Bytes stack = new Bytes().u32(BASE + 0x1100).padTo(0x20).u32(0).u32(BASE + 0x1200).padTo(0x40);

    assertThat(walk(0, STACK, STACK + 0x20, stack))
        .containsExactly("0x0 context", "0x1100 guessed", "0x1200 frame-pointer");
  }
}
