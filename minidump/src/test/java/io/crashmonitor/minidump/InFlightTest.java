package io.crashmonitor.minidump;

import static org.assertj.core.api.Assertions.assertThat;

import io.crashmonitor.minidump.clr.ManagedCode;
import io.crashmonitor.minidump.clr.ManagedRuntime;
import io.crashmonitor.minidump.reader.ByteSource;
import io.crashmonitor.minidump.reader.Finding;
import io.crashmonitor.minidump.reader.Minidump;
import io.crashmonitor.minidump.reader.StreamType;
import io.crashmonitor.minidump.report.CrashReport;
import io.crashmonitor.minidump.report.CrashReport.ManagedException;
import io.crashmonitor.minidump.synth.DumpBuilder;
import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Dumps as the .NET runtime itself writes them on Windows: without an exception record. */
class InFlightTest {
  private static final int DIRECTORY = 32;

  private static CrashReport withoutRecord(String name) throws IOException {
    byte[] dump = Files.readAllBytes(Corpus.dump(name));
    int entry = DIRECTORY;
    while (dump[entry] != StreamType.EXCEPTION.number()) {
      entry += 12;
    }
    dump[entry] = (byte) StreamType.UNUSED.number();
    return MinidumpAnalyzer.analyze(Minidump.of(ByteSource.of(dump)), AnalysisOptions.defaults());
  }

  @ParameterizedTest
  @ValueSource(strings = {"gen__clr_clr", "gen__clr_thread"})
  void theThreadWithAnExceptionInFlightIsTheCrash(String name) throws IOException {
    CrashReport recorded = MinidumpAnalyzer.analyze(Corpus.dump(name), AnalysisOptions.defaults());

    CrashReport report = withoutRecord(name);

    assertThat(report.exception()).isNull();
    assertThat(report.managed()).isEqualTo(recorded.managed()).hasSize(2);
    assertThat(report.crashingThread().id()).isEqualTo(recorded.crashingThread().id());
    assertThat(report.otherThreads()).hasSameSizeAs(recorded.otherThreads());
    assertThat(report.signature()).isEqualTo(recorded.signature());
    assertThat(report.summary()).isEqualTo(recorded.summary());
    assertThat(report.findings())
        .extracting(CrashReport.FindingFacts::message)
        .containsExactly(
            "the dump has no exception record; thread "
                + report.crashingThread().id()
                + " deals with Contoso.Shop.OrderException, which is taken for the crash");
  }

  @Test
  void withoutARuntimeThereIsNoCrash() throws IOException {
    CrashReport report = withoutRecord("gen__nat_1");

    assertThat(report.crashingThread()).isNull();
    assertThat(report.signature()).isEmpty();
    // Not that there was none: a dump by the .NET runtime itself records none either.
    assertThat(report.summary())
        .isEqualTo("No exception is recorded in the dump: it shows the process as it was");
  }

  @Test
  void ofSeveralThreadsNoneIsTaken() {
    byte[] context = DumpBuilder.amd64Context(0x1234, Map.of());
    Minidump dump =
        DumpBuilder.amd64().thread(1, context).thread(2, context).thread(3, context).open();

    assertThat(InFlight.find(dump, new Dealing(Set.of(2L, 3L)))).isEmpty();
    assertThat(dump.findings().list())
        .extracting(Finding::message)
        .hasSize(2)
        .allMatch(message -> message.endsWith("which of them is the crash cannot be told"));
    assertThat(InFlight.find(dump, new Dealing(Set.of(3L))).orElseThrow().thread().id())
        .isEqualTo(3);
  }

  /** A runtime of which some threads deal with an exception. */
  private record Dealing(Set<Long> threads) implements ManagedRuntime {
    @Override
    public Description description() {
      return new Description(".NET", "", "contract");
    }

    @Override
    public List<ManagedException> exceptions(long osThreadId) {
      return threads.contains(osThreadId)
          ? List.of(new ManagedException("E", "", "", "contract", List.of()))
          : List.of();
    }

    @Override
    public Optional<ManagedCode> resolve(long ip) {
      return Optional.empty();
    }
  }
}
