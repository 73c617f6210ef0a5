package io.crashmonitor.minidump;

import static org.assertj.core.api.Assertions.assertThat;

import io.crashmonitor.minidump.report.CrashReport;
import io.crashmonitor.minidump.report.ProcessFacts;
import io.crashmonitor.minidump.report.SystemFacts;
import io.crashmonitor.minidump.synth.Bytes;
import io.crashmonitor.minidump.synth.DumpBuilder;
import io.crashmonitor.minidump.synth.Samples;
import io.crashmonitor.minidump.synth.Streams;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the streams beside threads, modules and memory tell: of real dumps, and of broken ones. */
class FactsOfStreamsTest {
  private static final int HANDLE_DATA = 12;
  private static final int FUNCTION_TABLE = 13;
  private static final int MISC_INFO = 15;
  private static final int THREAD_INFO_LIST = 17;
  private static final int TOKEN = 19;
  private static final int SYSTEM_MEMORY_INFO = 21;
  private static final int PROCESS_VM_COUNTERS = 22;

  private static CrashReport of(String dump) throws IOException {
    return MinidumpAnalyzer.analyze(Corpus.dump(dump), AnalysisOptions.defaults());
  }

  /** A dump with one thread and that stream. */
  private static CrashReport with(int type, byte[] stream) throws IOException {
    byte[] context = DumpBuilder.amd64Context(0x1234, Map.of());
    DumpBuilder dump = DumpBuilder.amd64().thread(7, context).stream(type, stream);
    return MinidumpAnalyzer.analyze(dump.open(), AnalysisOptions.defaults());
  }

  private static void assertBroken(CrashReport report, String part, String message) {
    assertThat(report.threads()).as("the rest stands").isEqualTo(1);
    assertThat(report.findings())
        .filteredOn(finding -> finding.part().equals(part))
        .singleElement()
        .satisfies(
            finding -> {
              assertThat(finding.position()).startsWith("0x");
              assertThat(finding.message()).contains(message);
            });
  }

  /** The stream with other bytes at a place. */
  private static byte[] changed(byte[] stream, int at, long value) {
    byte[] copy = stream.clone();
    byte[] bytes = new Bytes().u32(value).toArray();
    System.arraycopy(bytes, 0, copy, at, 4);
    return copy;
  }

  @Test
  void saysWhereAndWhenAThreadBegan() throws IOException {
    assertThat(of("lldb__fizzbuzz_no_heap").crashingThread())
        .returns("fizzbuzz.exe+0x1133e", CrashReport.ThreadStack::start)
        .returns("2015-09-15T21:36:45.269Z", CrashReport.ThreadStack::created);
  }

  @Test
  void namesTheFunctionAThreadBeganInAndItsTimes() throws IOException {
    CrashReport report =
        MinidumpAnalyzer.analyze(Samples.everything().open(), AnalysisOptions.defaults());

    assertThat(report.crashingThread())
        .returns("app.exe!main", CrashReport.ThreadStack::start)
        .returns("2023-11-14T22:13:20.123Z", CrashReport.ThreadStack::created)
        .returns(2500L, CrashReport.ThreadStack::userMillis)
        .returns(500L, CrashReport.ThreadStack::kernelMillis);
    assertThat(report.otherThreads())
        .singleElement()
        .returns("", CrashReport.ThreadStack::start)
        .returns("", CrashReport.ThreadStack::created);
  }

  @Test
  void saysWhichThreadTheWriterCouldNotRead() throws IOException {
    CrashReport report = with(THREAD_INFO_LIST, Streams.thread(7, 0x10, 0).toArray());

    assertThat(report.findings())
        .extracting(CrashReport.FindingFacts::message)
        .contains("the dump's writer could not read thread 7 (0x80070005)");
  }

  @Test
  void timesThatTheWriterCallsInvalidAreNotGiven() throws IOException {
    assertThat(with(THREAD_INFO_LIST, Streams.thread(7, 0x08, 0x1234).toArray()).otherThreads())
        .singleElement()
        .returns("", CrashReport.ThreadStack::start)
        .returns("", CrashReport.ThreadStack::created)
        .returns(0L, CrashReport.ThreadStack::userMillis);
  }

  @Test
  void aBrokenListOfThreadsIsNamed() throws IOException {
    byte[] list = Streams.thread(7, 0, 0x1234).toArray();

    assertBroken(
        with(THREAD_INFO_LIST, changed(list, 4, 63)), "ThreadInfoList", "entries of 63 bytes");
    assertBroken(
        with(THREAD_INFO_LIST, changed(list, 8, 0xFFFF_FFFFL)),
        "ThreadInfoList",
        "4294967295 entries are claimed, 1 could be read");
    assertBroken(with(THREAD_INFO_LIST, new byte[11]), "ThreadInfoList", "it needs 12");
    // A time of the year 30000 is none.
    assertThat(with(THREAD_INFO_LIST, changed(list, 12 + 20, 0x7FFF_FFFFL)).otherThreads())
        .singleElement()
        .returns("", CrashReport.ThreadStack::created);
  }

  @Test
  void saysWhatMemoryTheMachineHad() throws IOException {
    assertThat(of("breakpad__tiny-exe-fastfail").system().memory())
        .isEqualTo(
            new SystemFacts.Memory(
                204_682_756_096L, 179_232_931_840L, 27_175_186_432L, 233_673_785_344L));
  }

  @Test
  void aBrokenAmountOfMemoryIsNamed() throws IOException {
    byte[] memory = Streams.systemMemory(4096, 1000, 250, 900, 1200);

    assertThat(with(SYSTEM_MEMORY_INFO, memory).system().memory())
        .isEqualTo(new SystemFacts.Memory(4_096_000, 1_024_000, 3_686_400, 4_915_200));
    assertBroken(
        with(SYSTEM_MEMORY_INFO, changed(memory, 8, 0)), "SystemMemoryInfo", "pages of 0 bytes");
    assertBroken(
        with(SYSTEM_MEMORY_INFO, changed(memory, 120, 0x8000_0000L)),
        "SystemMemoryInfo",
        "9223372036854776058 pages");
    assertBroken(with(SYSTEM_MEMORY_INFO, new byte[147]), "SystemMemoryInfo", "it needs 148");
  }

  @Test
  void withoutPerformanceCountersOnlyTheMachinesSizeIsKnown() throws IOException {
    byte[] memory = Streams.systemMemory(4096, 1000, 250, 900, 1200);

    // Revision 1, no flags.
    assertThat(with(SYSTEM_MEMORY_INFO, changed(memory, 0, 1)).system().memory())
        .isEqualTo(new SystemFacts.Memory(4_096_000, 0, 0, 0));
  }

  @Test
  void saysHowMuchTheWholeContainerHadCommittedAndWhatItMay() throws IOException {
    assertThat(of("lldb__sigsegv").process().resources())
        .returns(393_777_152L, ProcessFacts.Resources::jobCommit)
        .returns(0L, ProcessFacts.Resources::jobCommitLimit);
    assertThat(with(PROCESS_VM_COUNTERS, Streams.counters(500, 512)).process().resources())
        .returns(100L, ProcessFacts.Resources::commit)
        .returns(500L, ProcessFacts.Resources::jobCommit)
        .returns(505L, ProcessFacts.Resources::jobPeakCommit)
        .returns(512L, ProcessFacts.Resources::jobCommitLimit);
  }

  @Test
  void countersOfTheFirstVersionKnowNoJob() throws IOException {
    byte[] counters = changed(Streams.counters(500, 512), 0, 1);

    assertThat(with(PROCESS_VM_COUNTERS, counters).process().resources())
        .returns(100L, ProcessFacts.Resources::commit)
        .returns(0L, ProcessFacts.Resources::jobCommit);
    assertBroken(
        with(PROCESS_VM_COUNTERS, new byte[71]), "ProcessVmCounters", "the stream has 71 bytes");
  }

  @Test
  void countsHandlesByTheirType() throws IOException {
    ProcessFacts.Resources resources =
        of("breakpad__tiny-exe-with-cet-xsave").process().resources();

    assertThat(resources.handles()).isEqualTo(147);
    assertThat(resources.handleTypes())
        .hasSize(8)
        .startsWith(
            new ProcessFacts.HandleType("Section", 31),
            new ProcessFacts.HandleType("Event", 18),
            new ProcessFacts.HandleType("Semaphore", 12));
  }

  @Test
  void handlesWithoutAReadableTypeAreStillCounted() throws IOException {
    byte[] handles = Streams.handles().toArray();

    assertThat(with(HANDLE_DATA, handles).process().resources())
        .returns(2L, ProcessFacts.Resources::handles)
        .returns(List.of(), ProcessFacts.Resources::handleTypes);
    assertThat(with(HANDLE_DATA, changed(handles, 16 + 8, 0x7FFF_FFFFL)).findings()).isEmpty();
    assertBroken(with(HANDLE_DATA, changed(handles, 4, 8)), "HandleData", "entries of 8 bytes");
    assertBroken(
        with(HANDLE_DATA, changed(handles, 8, 5)),
        "HandleData",
        "5 entries are claimed, 2 could be read");
  }

  @Test
  void saysAsWhomTheProcessRanWithoutNamingAPerson() throws IOException {
    CrashReport report = of("radare2-testbins__calc");

    assertThat(report.process().rights()).isEqualTo(new ProcessFacts.Rights("", "medium", "no"));
    assertThat(report.toString()).doesNotContain("S-1-5", "5-21-");
  }

  @ParameterizedTest
  @CsvSource({
    "93 2 2, ContainerUser",
    "93 2 1, ContainerAdministrator",
    "18, LocalSystem",
    "20, NetworkService",
    "21 1 2 3 1000, ''"
  })
  void namesOnlyAccountsThatEveryMachineHas(String parts, String account) throws IOException {
    String[] numbers = ("5 " + parts).split(" ");
    long[] sid = Arrays.stream(numbers).mapToLong(Long::parseLong).toArray();

    assertThat(with(TOKEN, Streams.token(0, true, 0x3000, sid)).process().rights())
        .isEqualTo(new ProcessFacts.Rights(account, "high", "yes"));
  }

  @Test
  void aGroupThatOnlyDeniesMakesNoAdministrator() throws IOException {
    byte[] token = Streams.token(0, false, 0x1000, Streams.CONTAINER_USER);

    assertThat(with(TOKEN, token).process().rights())
        .isEqualTo(new ProcessFacts.Rights("ContainerUser", "low", "no"));
  }

  @Test
  void aTokenThatDoesNotLookLikeOneIsNamed() throws IOException {
    byte[] token = Streams.token(0, true, 0x2000, Streams.CONTAINER_USER);
    int groups = 16 + 16 + 2 * 8;

    assertBroken(with(TOKEN, changed(token, 16, 71)), "Token", "a token of 71 bytes");
    assertBroken(with(TOKEN, changed(token, 16, 0xFFFF_FFFFL)), "Token", "a token of 4294967295");
    assertBroken(with(TOKEN, changed(token, groups, 0x7FFF_FFFFL)), "Token", "outside of it");
    assertBroken(with(TOKEN, changed(token, groups + 4, 0x7FFF_FFFFL)), "Token", "outside of it");
    assertBroken(with(TOKEN, changed(token, 16 + 80, 0x7FFF)), "Token", "outside of its field");
    assertBroken(with(TOKEN, changed(token, 16 + 88, 0xFF01)), "Token", "no SID");
    assertThat(with(TOKEN, changed(token, 4, 0)).process().rights())
        .as("no token at all")
        .isEqualTo(ProcessFacts.Rights.UNKNOWN);
  }

  @Test
  void aTokenOfAThreadIsNotTakenForTheProcesss() throws IOException {
    byte[] context = DumpBuilder.amd64Context(0x1234, Map.of());
    DumpBuilder dump =
        DumpBuilder.amd64().thread(7, context).miscInfo(4711, 1_700_000_000L).stream(
            TOKEN, Streams.token(7, true, 0x4000, 5, 18));

    assertThat(MinidumpAnalyzer.analyze(dump.open(), AnalysisOptions.defaults()).process().rights())
        .isEqualTo(ProcessFacts.Rights.UNKNOWN);
  }

  @Test
  void readsWhatLaterVersionsOfMiscInfoAdd() throws IOException {
    CrashReport report = of("minidump-stackwalk__windows-x86");

    assertThat(report.system().build()).isEqualTo("19041.1.x86fre.vb_release.191206-1406");
    assertThat(report.process().rights().integrity()).isEqualTo("medium");
    assertThat(report.process().resources())
        .returns(19L, ProcessFacts.Resources::userSeconds)
        .returns(8L, ProcessFacts.Resources::kernelSeconds);
  }

  @Test
  void flagsOfMiscInfoDoNotMakeItLonger() throws IOException {
    Bytes first = new Bytes().u32(24).u32(0xFFFF_FFFFL).u32(9).u32(0).u32(1).u32(2);

    assertThat(with(MISC_INFO, first.toArray()).process())
        .returns(9L, ProcessFacts::id)
        .returns(ProcessFacts.Rights.UNKNOWN, ProcessFacts::rights);
    // A stream that is longer than what the structure says of itself.
    byte[] padded = Arrays.copyOf(first.toArray(), 1364);
    Arrays.fill(padded, 24, padded.length, (byte) 'x');
    CrashReport report = with(MISC_INFO, padded);
    assertThat(report.system().build()).isEmpty();
    assertThat(report.process().rights()).isEqualTo(ProcessFacts.Rights.UNKNOWN);
  }

  @Test
  void brokenTablesOfDynamicCodeAreNamed() throws IOException {
    byte[] table = Streams.functionTable(0x5000_0000L, 0x5001_0000L, 0x10, 0x20, 0x30);

    assertThat(with(FUNCTION_TABLE, table).findings()).isEmpty();
    assertBroken(with(FUNCTION_TABLE, changed(table, 0, 8)), "FunctionTable", "headers of 8");
    assertBroken(with(FUNCTION_TABLE, changed(table, 12, 0)), "FunctionTable", "entries of 0");
    assertBroken(
        with(FUNCTION_TABLE, changed(table, 16, 0xFFFF_FFFFL)),
        "FunctionTable",
        "4294967295 function tables");
    assertBroken(with(FUNCTION_TABLE, changed(table, 16, 2)), "FunctionTable", "ends before this");
    assertBroken(
        with(FUNCTION_TABLE, changed(table, 28 + 24, 2)),
        "FunctionTable",
        "2 functions do not fit");
    assertBroken(
        with(FUNCTION_TABLE, changed(table, 28 + 24, 0xFFFF_FFFFL)),
        "FunctionTable",
        "4294967295 functions do not fit");
  }

  @Test
  void readsTheTableOfARealDump() throws IOException {
    assertThat(of("node-minidump__windows").findings())
        .extracting(CrashReport.FindingFacts::part)
        .doesNotContain("FunctionTable");
  }
}
