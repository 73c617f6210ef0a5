package io.crashmonitor.minidump.synth;

import static io.crashmonitor.minidump.synth.ImageBuilder.TEXT;

import java.util.Map;

/** Whole dumps that several tests start from. */
public final class Samples {
  public static final long BASE = 0x140000000L;
  public static final long STACK = 0x10000L;
  public static final long TEB = 0x7FFDE000L;
  private static final long PEB = 0x7FFDF000L;
  private static final long PARAMETERS = 0x20000L;
  private static final int RSP = 4;

  private Samples() {}

  /** A small dump with every part that the analysis reads: about 30 kB. */
  public static DumpBuilder everything() {
    return everythingAt(BASE);
  }

  /** The same with its program loaded elsewhere. */
  public static DumpBuilder everythingAt(long base) {
    ImageBuilder image =
        ImageBuilder.amd64()
            .function(TEXT + 0x100, TEXT + 0x200, UnwindCodes.of(4).code(4, 2, 4).build())
            .function(TEXT + 0x200, TEXT + 0x300, UnwindCodes.of(4).code(4, 2, 4).build())
            .export("boom", TEXT + 0x100)
            .export("main", TEXT + 0x200);
    Bytes stack = new Bytes().padTo(0x28).u64(base + TEXT + 0x220).padTo(0x58).u64(0).padTo(0x80);
    byte[] context = DumpBuilder.amd64Context(base + TEXT + 0x140, Map.of(RSP, STACK));
    return processParameters(
        DumpBuilder.amd64()
            .miscInfo(4711, 1_700_000_000L)
            .comment("*** procdump -ma\r\n*** Unhandled exception: C0000005")
            .stream(24, new Bytes().u32(0).toArray())
            .stream(12, Streams.handles().toArray())
            .stream(13, Streams.functionTable(0x5000_0000L, 0x5001_0000L, 0x10, 0x20, 0x30))
            .stream(17, Streams.thread(7, 0, base + TEXT + 0x200).toArray())
            .stream(19, Streams.token(4711, true, 0x3000, Streams.CONTAINER_USER))
            .stream(21, Streams.systemMemory(4096, 1000, 250, 900, 1200))
            .stream(22, Streams.counters(500, 512))
            .thread(7, TEB, context)
            .thread(8, 0, context)
            .exception(7, 0xC0000005L, base + TEXT + 0x140, context, 1, 0x10)
            .module(base, ImageBuilder.SIZE, "C:\\app\\app.exe")
            .memory(STACK, stack.toArray())
            .memory(base, image.build()),
        "app.exe --port 80",
        "Path=C:\\secret",
        "=C:=C:\\app",
        "TOKEN=hunter2");
  }

  /** Adds TEB, PEB and process parameters. */
  public static DumpBuilder processParameters(
      DumpBuilder dump, String commandLine, String... environment) {
    Bytes block = new Bytes();
    for (String variable : environment) {
      block.utf16(variable).u16(0);
    }
    block.u16(0);
    Bytes parameters = new Bytes().padTo(0x60);
    parameters.u16(6).u16(8).u32(0).u64(PARAMETERS + 0x100);
    parameters.u16(2L * commandLine.length()).u16(0).u32(0).u64(PARAMETERS + 0x200);
    parameters.u64(PARAMETERS + 0x400).padTo(0x100).utf16("app").padTo(0x200);
    parameters.utf16(commandLine).padTo(0x400).raw(block.toArray());
    return dump.memory(TEB, new Bytes().padTo(0x60).u64(PEB).toArray())
        .memory(PEB, new Bytes().padTo(0x20).u64(PARAMETERS).toArray())
        .memory(PARAMETERS, parameters.toArray());
  }
}
