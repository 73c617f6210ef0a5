package io.crashmonitor.minidump.report;

import static org.assertj.core.api.Assertions.assertThat;

import io.crashmonitor.minidump.AnalysisOptions;
import io.crashmonitor.minidump.Corpus;
import io.crashmonitor.minidump.MinidumpAnalyzer;
import io.crashmonitor.minidump.reader.ByteSource;
import io.crashmonitor.minidump.reader.Minidump;
import io.crashmonitor.minidump.report.CrashReport.ManagedException;
import io.crashmonitor.minidump.report.CrashReport.ManagedFrame;
import io.crashmonitor.minidump.report.Signature.Part;
import io.crashmonitor.minidump.synth.Bytes;
import io.crashmonitor.minidump.synth.DumpBuilder;
import io.crashmonitor.minidump.synth.ImageBuilder;
import io.crashmonitor.minidump.synth.Samples;
import io.crashmonitor.minidump.synth.UnwindCodes;
import java.io.IOException;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class SignatureTest {
  private static final SkipList SKIP = SkipList.defaults();

  private static Part part(String module, String function) {
    return new Part(module, function, true, false, false);
  }

  private static String key(Part... frames) {
    return Signature.of("0xC0000005", "read", List.of(), List.of(frames), SKIP).key();
  }

  @Test
  void passesOverSystemFramesAndIgnoresTheCaseOfModules() {
    assertThat(key(part("KERNELBASE.dll", "RaiseException"), part("App.exe", "boom")))
        .isEqualTo(key(part("ntdll.dll", "RtlRaiseException"), part("app.exe", "boom")))
        .startsWith("v1-c0000005-");
  }

  @Test
  void aCrashWithinTheSystemAloneIsKeyedByItsFrames() {
    assertThat(key(part("ntdll.dll", "RtlFreeHeap")))
        .isNotEqualTo(key(part("ntdll.dll", "RtlAllocateHeap")));
  }

  @Test
  void guessedFramesDoNotSplitAGroup() {
    Part guess = new Part("app.exe", "0x1234", false, false, false);

    assertThat(key(part("app.exe", "boom"), guess)).isEqualTo(key(part("app.exe", "boom")));
  }

  @Test
  void managedExceptionsAreKeyedByTypesAndTheThrowersFramesWhateverTheSource() {
    ManagedException dump =
        new ManagedException(
            "Shop.OrderException",
            "Order 1 failed",
            "0x80131500",
            "contract",
            List.of(new ManagedFrame("Shop.Orders.Place", "", "Shop.dll", "", 0, false)));
    ManagedException log =
        new ManagedException(
            "Shop.OrderException",
            "Order 2 failed",
            "",
            "log",
            List.of(
                new ManagedFrame("System.ThrowHelper.Throw", "", "", "", 0, false),
                new ManagedFrame("Shop.Orders.Place", "String sku", "", "", 0, false)));

    assertThat(Signature.of("0xE0434352", "", List.of(dump), List.of(), SKIP).key())
        .isEqualTo(Signature.of("0xE0434352", "", List.of(log), List.of(), SKIP).key());
  }

  @Test
  void differentCrashesOfOneExitCodeGetDifferentKeys() throws IOException {
    Set<String> keys = new HashSet<>();
    List<String> dumps =
        List.of("gen__nat_1", "gen__nat_10", "gen__clr_nre", "gen__clr_clr", "gen__clr_thread");
    for (String dump : dumps) {
      keys.add(MinidumpAnalyzer.analyze(Corpus.dump(dump), AnalysisOptions.defaults()).signature());
    }
    assertThat(keys).hasSameSizeAs(dumps);
  }

  @Test
  void theSameCrashInAnotherProcessOfAnotherRuntimeGetsTheSameKey() throws IOException {
    CrashReport net10 =
        MinidumpAnalyzer.analyze(Corpus.dump("gen__clr_thread"), AnalysisOptions.defaults());
    CrashReport core31 =
        MinidumpAnalyzer.analyze(Corpus.dump("gen__clr31_thread"), AnalysisOptions.defaults());

    assertThat(net10.process().id()).isNotEqualTo(core31.process().id());
    assertThat(net10.signature()).isEqualTo(core31.signature());
  }

  @Test
  void theSameCrashAtAnotherAddressGetsTheSameKey() throws IOException {
    assertThat(relocated(0x7FF6_1234_0000L)).isEqualTo(relocated(0x1_4000_0000L));
  }

  private static String relocated(long base) throws IOException {
    byte[] dump = Samples.everythingAt(base).build();
    return MinidumpAnalyzer.analyze(Minidump.of(ByteSource.of(dump)), AnalysisOptions.defaults())
        .signature();
  }

  @Test
  void whatIsPassedOverCanBeGiven() throws IOException {
    SkipList own = new SkipList(SKIP.modules(), List.of("System.", "Contoso.Shop.OrderService.P"));
    CrashReport report =
        MinidumpAnalyzer.analyze(
            Corpus.dump("gen__clr_clr"), AnalysisOptions.defaults().withSkipList(own));

    // The inner exception has no other frames; of the outer one the first that is not passed over.
    assertThat(report.topFrame()).isEqualTo("Contoso.Shop.Program.Work");
    assertThat(report.signatureParts())
        .containsExactly(
            "0xE0434352",
            "Contoso.Shop.OrderException",
            "System.DivideByZeroException",
            "Contoso.Shop.OrderService.Price",
            "Contoso.Shop.OrderService.Place");
    assertThat(Signature.of("0xC0000005", "", List.of(), List.of(part("app.exe", "f")), SKIP).key())
        .isNotEqualTo(
            Signature.of(
                    "0xC0000005",
                    "",
                    List.of(),
                    List.of(part("app.exe", "f"), part("lib.dll", "g")),
                    new SkipList(Set.of("app.exe"), List.of()))
                .key());
  }

  @Test
  void whereARecursionHitsTheStacksEndDoesNotMatter() throws IOException {
    List<String> pong = overflow(PING, PONG, PING, PONG, PING, PONG, PING, MAIN).signatureParts();

    assertThat(overflow(PONG, PING, PONG, PING, PONG, PING, PONG, MAIN).signatureParts())
        .isEqualTo(pong);
    assertThat(overflow(LEAF, PONG, PING, PONG, PING, PONG, PING, MAIN).signatureParts())
        .isEqualTo(pong)
        .containsExactly("0xC00000FD", "app.exe!ping", "app.exe!pong");
    assertThat(overflow(PING, PING, PING, PING, MAIN).signatureParts()).isNotEqualTo(pong);
  }

  private static final int LEAF = ImageBuilder.TEXT + 0x100;
  private static final int PING = ImageBuilder.TEXT + 0x200;
  private static final int PONG = ImageBuilder.TEXT + 0x300;
  private static final int MAIN = ImageBuilder.TEXT + 0x400;

  /** A stack overflow in the first of these functions, each called by the next. */
  private static CrashReport overflow(int... functions) throws IOException {
    ImageBuilder image =
        ImageBuilder.amd64()
            .export("leaf", LEAF)
            .export("ping", PING)
            .export("pong", PONG)
            .export("main", MAIN);
    for (int function : new int[] {LEAF, PING, PONG, MAIN}) {
      image.function(function, function + 0x80, UnwindCodes.of(4).code(4, 2, 4).build());
    }
    Bytes stack = new Bytes();
    for (int i = 1; i < functions.length; i++) {
      stack.padTo(stack.size() + 0x28).u64(Samples.BASE + functions[i] + 0x20);
    }
    stack.padTo(stack.size() + 0x28).u64(0);
    long ip = Samples.BASE + functions[0] + 0x10;
    byte[] context = DumpBuilder.amd64Context(ip, Map.of(4, Samples.STACK));
    DumpBuilder dump =
        DumpBuilder.amd64()
            .thread(7, context)
            .exception(7, 0xC00000FDL, ip, context, 1, Samples.STACK)
            .module(Samples.BASE, ImageBuilder.SIZE, "C:\\app\\app.exe")
            .memory(Samples.STACK, stack.toArray())
            .memory(Samples.BASE, image.build());
    return MinidumpAnalyzer.analyze(dump.open(), AnalysisOptions.defaults());
  }
}
