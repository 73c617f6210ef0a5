package io.crashmonitor.minidump.fuzz;

import io.crashmonitor.minidump.AnalysisOptions;
import io.crashmonitor.minidump.MinidumpAnalyzer;
import io.crashmonitor.minidump.synth.DumpBuilder;
import io.crashmonitor.minidump.synth.ImageBuilder;
import io.crashmonitor.minidump.synth.Samples;
import io.crashmonitor.minidump.synth.UnwindCodes;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;

/** The input is registers (the first 136 bytes), then the stack, of a sound program. */
public final class StackFuzzTarget {
  private static final byte[] IMAGE =
      ImageBuilder.amd64()
          .function(0x1100, 0x1200, UnwindCodes.of(4).code(4, 2, 4).build())
          .function(0x1200, 0x1300, UnwindCodes.withFrame(4, 5, 0).code(4, 3, 0).build())
          .function(0x1300, 0x1400, UnwindCodes.of(0).code(0, 10, 1).build())
          .export("a", 0x1100)
          .build();

  private StackFuzzTarget() {}

  /** A sound dump whatever the stack holds: there must be a report. */
  public static void fuzzerTestOneInput(byte[] data) throws IOException {
    Map<Integer, Long> registers = new HashMap<>();
    for (int i = 0; i < 16; i++) {
      registers.put(i, number(data, 8 * i));
    }
    registers.put(4, Samples.STACK + (registers.get(4) & 0xFF8));
    long ip = Samples.BASE + 0x1100 + (number(data, 128) & 0x3FF);
    byte[] context = DumpBuilder.amd64Context(ip, registers);
    Objects.requireNonNull(
        MinidumpAnalyzer.analyze(
            DumpBuilder.amd64()
                .thread(7, context)
                .exception(7, 0xC0000005L, ip, context, 0, 0)
                .module(Samples.BASE, ImageBuilder.SIZE, "app.exe")
                .memory(Samples.STACK, data)
                .memory(Samples.BASE, IMAGE)
                .open(),
            AnalysisOptions.defaults()));
  }

  private static long number(byte[] data, int at) {
    long value = 0;
    for (int i = 7; i >= 0; i--) {
      value = value << 8 | (at + i < data.length ? data[at + i] & 0xFF : 0);
    }
    return value;
  }
}
