package io.crashmonitor.minidump.fuzz;

import io.crashmonitor.minidump.AnalysisOptions;
import io.crashmonitor.minidump.MinidumpAnalyzer;
import io.crashmonitor.minidump.synth.Bytes;
import io.crashmonitor.minidump.synth.DumpBuilder;
import io.crashmonitor.minidump.synth.ImageBuilder;
import io.crashmonitor.minidump.synth.Samples;
import java.io.IOException;
import java.util.Map;
import java.util.Objects;

/** The input is a mapped image of the crashed program: headers, exports, unwind tables, code. */
public final class ImageFuzzTarget {
  private ImageFuzzTarget() {}

  /** A sound dump whatever the image holds: there must be a report. */
  public static void fuzzerTestOneInput(byte[] data) throws IOException {
    long ip = Samples.BASE + ImageBuilder.TEXT + 0x140;
    Bytes stack = new Bytes();
    for (int i = 0; i < 64; i++) {
      stack.u64(i % 3 == 0 ? ip + i : Samples.STACK + 8L * i);
    }
    byte[] context =
        DumpBuilder.amd64Context(ip, Map.of(4, Samples.STACK, 5, Samples.STACK + 0x80));
    Objects.requireNonNull(
        MinidumpAnalyzer.analyze(
            DumpBuilder.amd64()
                .thread(7, context)
                .exception(7, 0xE06D7363L, ip, context, 0x19930520L, Samples.BASE, ip, Samples.BASE)
                .module(Samples.BASE, ImageBuilder.SIZE, "app.exe")
                .memory(Samples.STACK, stack.toArray())
                .memory(Samples.BASE, data)
                .open(),
            AnalysisOptions.defaults()));
  }
}
