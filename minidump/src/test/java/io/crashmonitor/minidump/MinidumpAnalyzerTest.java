package io.crashmonitor.minidump;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.json.JsonMapper;
import io.crashmonitor.minidump.reader.ByteSource;
import io.crashmonitor.minidump.reader.Minidump;
import io.crashmonitor.minidump.reader.MinidumpException;
import io.crashmonitor.minidump.report.CrashReport;
import io.crashmonitor.minidump.report.ProcessFacts;
import io.crashmonitor.minidump.synth.Bytes;
import io.crashmonitor.minidump.synth.DumpBuilder;
import io.crashmonitor.minidump.synth.ImageBuilder;
import io.crashmonitor.minidump.synth.Samples;
import io.crashmonitor.minidump.synth.UnwindCodes;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class MinidumpAnalyzerTest {
  private static CrashReport analyze(DumpBuilder dump) throws IOException {
    return MinidumpAnalyzer.analyze(dump.open(), AnalysisOptions.defaults());
  }

  @Test
  void gathersTheFactsOfDumpProcessAndException() throws IOException {
    CrashReport report = analyze(Samples.everything());

    assertThat(report.summary())
        .isEqualTo("Access violation: write of 0x10 (null pointer) in app.exe!boom");
    assertThat(report.process())
        .returns(4711L, ProcessFacts::id)
        .returns("app.exe", ProcessFacts::name)
        .returns("2023-11-14T22:13:20Z", ProcessFacts::startTime)
        .returns("app.exe --port 80", ProcessFacts::commandLine);
    assertThat(report.exception())
        .returns("0xC0000005", CrashReport.ExceptionFacts::code)
        .returns("0x140001140", CrashReport.ExceptionFacts::address)
        .returns("app.exe", CrashReport.ExceptionFacts::module)
        .returns("0x1140", CrashReport.ExceptionFacts::offset)
        .returns("0x10", CrashReport.ExceptionFacts::accessAddress);
    assertThat(report.dump().comment()).startsWith("*** procdump -ma");
    assertThat(report.threads()).isEqualTo(2);
    assertThat(report.otherThreads()).extracting(CrashReport.ThreadStack::id).containsExactly(8L);
    assertThat(report.namedModules())
        .extracting(CrashReport.ModuleFacts::name)
        .containsExactly("app.exe");
    assertThat(report.findings()).isEmpty();
  }

  @Test
  void namesEnvironmentVariablesButNeverTheirValues() throws Exception {
    CrashReport report = analyze(Samples.everything());

    assertThat(report.process().environment()).containsExactly("Path", "TOKEN");
    assertThat(new JsonMapper().writeValueAsString(report)).doesNotContain("hunter2", "secret");
  }

  @Test
  void goesThroughJsonUnchanged() throws Exception {
    CrashReport report = analyze(Samples.everything());
    JsonMapper json = new JsonMapper();

    CrashReport back = json.readValue(json.writeValueAsString(report), CrashReport.class);

    assertThat(back).isEqualTo(report);
  }

  @Test
  void aBrokenStreamIsAFindingAndTheRestStands() throws IOException {
    byte[] dump = Samples.everything().build();
    int comment = indexOfStream(dump, 11);
    // The comment's offset now points beyond the file.
    dump[comment + 11] = 0x7F;

    CrashReport report =
        MinidumpAnalyzer.analyze(Minidump.of(ByteSource.of(dump)), AnalysisOptions.defaults());

    assertThat(report.findings())
        .singleElement()
        .satisfies(
            finding -> {
              assertThat(finding.part()).isEqualTo("CommentW");
              assertThat(finding.position()).startsWith("0x7f");
              assertThat(finding.message()).contains("the file ends at");
            });
    assertThat(report.crashingThread().frames()).hasSize(2);
  }

  private static int indexOfStream(byte[] dump, int type) {
    for (int at = 32; ; at += 12) {
      if (dump[at] == type) {
        return at;
      }
    }
  }

  @Test
  void aListThatContradictsItsSizeIsGarbageAndSaidToBe() throws IOException {
    byte[] dump = Samples.everything().build();
    int entry = indexOfStream(dump, 3);
    int list = dump[entry + 8] & 0xFF | (dump[entry + 9] & 0xFF) << 8;
    dump[list] = 100;

    CrashReport report =
        MinidumpAnalyzer.analyze(Minidump.of(ByteSource.of(dump)), AnalysisOptions.defaults());

    assertThat(report.threads()).isZero();
    assertThat(report.findings())
        .extracting(CrashReport.FindingFacts::message)
        .contains("100 entries are claimed; the stream has room for 2");
    assertThat(report.crashingThread().frames()).hasSize(2);
  }

  @Test
  void aDumpWithoutExceptionShowsItsThreads() throws IOException {
    byte[] context = DumpBuilder.amd64Context(0x1234, Map.of());

    CrashReport report = analyze(DumpBuilder.amd64().thread(3, context).thread(4, context));

    assertThat(report.exception()).isNull();
    assertThat(report.crashingThread()).isNull();
    assertThat(report.signature()).isEmpty();
    assertThat(report.otherThreads())
        .extracting(CrashReport.ThreadStack::id)
        .containsExactly(3L, 4L);
  }

  @Test
  void anExceptionThatCannotBeReadIsNotTakenForNone() throws IOException {
    byte[] dump = Samples.everything().build();
    dump[indexOfStream(dump, 6) + 11] = 0x7F;

    CrashReport report =
        MinidumpAnalyzer.analyze(Minidump.of(ByteSource.of(dump)), AnalysisOptions.defaults());

    assertThat(report.summary()).startsWith("The exception cannot be read");
    assertThat(report.findings()).extracting(CrashReport.FindingFacts::part).contains("Exception");
  }

  @Test
  void aDumpThatTellsNothingIsRefused() {
    assertThatThrownBy(() -> analyze(DumpBuilder.amd64().comment("nothing")))
        .isInstanceOfSatisfying(
            MinidumpException.class,
            e -> assertThat(e.kind()).isEqualTo(MinidumpException.Kind.NOTHING_TO_EXPLAIN))
        .hasMessageContaining("CommentW");
  }

  @Test
  void theProgramIsFoundWhereverItStandsAmongTheImages() throws IOException {
    byte[] context = DumpBuilder.amd64Context(0x1234, Map.of());
    DumpBuilder modules =
        DumpBuilder.amd64()
            .thread(7, Samples.TEB, context)
            .module(0x7FF8_0000_0000L, 0x1000, "C:\\Windows\\System32\\ntdll.dll")
            .module(0x7FF7_0000_0000L, 0x1000, "C:\\app\\helper.exe")
            .module(0x7FF6_0000_0000L, 0x1000, "C:\\app\\app");

    assertThat(analyze(modules).process().name()).isEqualTo("helper.exe");
    // The process parameters name their image "app".
    assertThat(analyze(Samples.processParameters(modules, "app --port 80")).process())
        .returns("app", ProcessFacts::name)
        .returns("C:\\app\\app", ProcessFacts::path);
  }

  @Test
  void ofAManagedProcessThatIsNotReadItIsSaidWhy() throws IOException {
    byte[] context = DumpBuilder.x86Context(0x1234, 0x1000, 0);

    assertThat(
            analyze(
                    DumpBuilder.x86()
                        .thread(7, context)
                        .exception(7, 0xE0434352L, 0x1234, context, 0x80131500L)
                        .module(0x6000_0000L, 0x1000, "C:\\Windows\\clr.dll"))
                .findings())
        .extracting(CrashReport.FindingFacts::message)
        .contains(
            "managed data is not available: the exception is the .NET runtime's (0xE0434352), but"
                + " it is read of amd64 processes only: the exception can be read from the"
                + " program's console output");
  }

  @Test
  void saysOfWhichUnloadedImageTheCrashedCodeWas() throws IOException {
    byte[] context = DumpBuilder.amd64Context(0x5000_0040L, Map.of());
    int name = 2;
    byte[] list =
        new Bytes()
            .u32(12)
            .u32(24)
            .u32(1)
            .u64(0x5000_0000L)
            .u32(0x1000)
            .u32(0)
            .u32(0)
            .u32(name)
            .toArray();
    DumpBuilder dump =
        DumpBuilder.amd64()
            .thread(7, context)
            .exception(7, 0xC0000005L, 0x5000_0040L, context, 8, 0x5000_0040L)
            .stream(14, list);

    CrashReport report = analyze(dump);

    assertThat(report.findings())
        .extracting(CrashReport.FindingFacts::message)
        .anyMatch(message -> message.endsWith("+0x40, which had been unloaded"));
  }

  @Test
  void saysWhatKindOfMemoryCouldNotBeAccessed() throws IOException {
    byte[] context = DumpBuilder.amd64Context(0x1234, Map.of());
    Bytes region = new Bytes().u32(16).u32(48).u64(1);
    region.u64(0x7000_0000L).u64(0).u64(0).u64(0x1000).u32(0x10000).u32(1).u64(0);
    DumpBuilder dump =
        DumpBuilder.amd64()
            .thread(7, context)
            .exception(7, 0xC0000005L, 0x1234, context, 1, 0x7000_0010L)
            .stream(16, region.toArray());

    assertThat(analyze(dump).findings())
        .extracting(CrashReport.FindingFacts::message)
        .contains("the address is free memory");
  }

  @Test
  void tellsTheMemoryOfTheProcess() throws IOException {
    CrashReport report =
        MinidumpAnalyzer.analyze(
            Corpus.dump("minidump-stackwalk__windows-x86"), AnalysisOptions.defaults());

    assertThat(report.process().resources())
        .returns(352849920L, ProcessFacts.Resources::workingSet)
        .returns(463015936L, ProcessFacts.Resources::peakWorkingSet)
        .returns(205336576L, ProcessFacts.Resources::commit)
        .returns(336879616L, ProcessFacts.Resources::peakCommit);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "minidump-stackwalk__windows-x86",
        "minidump-stackwalk__windows-aarch64",
        "lldb__fizzbuzz_no_heap",
        "breakpad__null_read_av",
        "breakpad__stack_exhaustion"
      })
  void nothingIsGuessedBeyondTheFrameInWhichAThreadBegins(String dump) throws IOException {
    CrashReport report = MinidumpAnalyzer.analyze(Corpus.dump(dump), AnalysisOptions.defaults());

    List<CrashReport.Frame> frames = report.crashingThread().frames();
    assertThat(frames.get(frames.size() - 1))
        .returns("ntdll.dll", CrashReport.Frame::module)
        .returns("frame-pointer", CrashReport.Frame::source);
  }

  @ParameterizedTest
  @CsvSource({
    "gen__nat_1, nat2.exe!level3",
    "gen__nat_10, nat2.exe!level3",
    "gen__clr_clr, Contoso.Shop.OrderService.Place",
    "gen__clr_nre_mini, kernelbase.dll+0x13d7e",
    "breakpad__exec_av_on_stack, 0x3df944",
    "minidump-stackwalk__windows-x86, xul.dll+0x330c66d"
  })
  void namesTheFrameWhereAPersonWouldLook(String dump, String frame) throws IOException {
    CrashReport report = MinidumpAnalyzer.analyze(Corpus.dump(dump), AnalysisOptions.defaults());

    assertThat(report.topFrame()).isEqualTo(frame);
    assertThat(report.summary()).endsWith((frame.startsWith("0x") ? " at " : " in ") + frame);
  }

  @Test
  void anExceptionThatWasRaisedIsTheCallersOfTheSystem() throws IOException {
    long system = 0x7FF8_0000_0000L;
    int text = ImageBuilder.TEXT;
    byte[] frame = UnwindCodes.of(4).code(4, 2, 4).build();
    ImageBuilder kernelbase =
        ImageBuilder.amd64()
            .function(text + 0x100, text + 0x200, frame)
            .export("RaiseException", text + 0x100);
    ImageBuilder app =
        ImageBuilder.amd64().function(text + 0x100, text + 0x200, frame).export("f", text + 0x100);
    Bytes stack = new Bytes().padTo(0x28).u64(Samples.BASE + text + 0x120).padTo(0x58).u64(0);
    byte[] context = DumpBuilder.amd64Context(system + text + 0x140, Map.of(4, Samples.STACK));

    CrashReport report =
        analyze(
            DumpBuilder.amd64()
                .thread(7, context)
                .exception(7, 0xE06D7363L, system + text + 0x140, context)
                .module(system, ImageBuilder.SIZE, "C:\\Windows\\System32\\KERNELBASE.dll")
                .module(Samples.BASE, ImageBuilder.SIZE, "C:\\app.exe")
                .memory(Samples.STACK, stack.toArray())
                .memory(system, kernelbase.build())
                .memory(Samples.BASE, app.build()));

    assertThat(report.crashingThread().frames().get(0).function()).isEqualTo("RaiseException");
    assertThat(report.summary()).isEqualTo("C++ exception in app.exe!f");
  }
}
