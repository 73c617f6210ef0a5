package io.crashmonitor.minidump;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.crashmonitor.minidump.reader.Minidump;
import io.crashmonitor.minidump.reader.MinidumpException;
import io.crashmonitor.minidump.report.CrashReport;
import io.crashmonitor.minidump.report.CrashReport.Frame;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Holds the report of each dump in the folder to what the folder's index says of it. */
class EveryDumpOfTheIndexTest {
  @TestFactory
  Stream<DynamicTest> saysOfEachDumpWhatIsTrueOfIt() {
    List<IndexEntry> entries = IndexEntry.parse(Corpus.index());
    assertThat(entries).hasSizeGreaterThan(40);
    return entries.stream().map(entry -> DynamicTest.dynamicTest(entry.name(), () -> holds(entry)));
  }

  private static void holds(IndexEntry entry) throws IOException {
    if (entry.refused()) {
      isRefusedWithAReason(entry);
      return;
    }
    CrashReport report =
        MinidumpAnalyzer.analyze(Corpus.dump(entry.name()), AnalysisOptions.defaults());

    assertThat(report.threads()).as("threads").isEqualTo(entry.threads());
    assertThat(report.modules()).as("modules").isEqualTo(entry.modules());
    hasItsReason(report, entry);
    hasItsCrashingThread(report, entry);
    hasItsStack(report, entry);
  }

  private static void isRefusedWithAReason(IndexEntry entry) {
    MinidumpException refusal =
        catchThrowableOfType(
            MinidumpException.class,
            () -> MinidumpAnalyzer.analyze(Corpus.dump(entry.name()), AnalysisOptions.defaults()));
    assertThat(refusal).isNotNull();
    assertThat(refusal.kind()).isEqualTo(MinidumpException.Kind.NOTHING_TO_EXPLAIN);
    assertThat(refusal).hasMessageContaining("neither threads nor an exception");
  }

  private static void hasItsReason(CrashReport report, IndexEntry entry) {
    if (entry.reason().equals("None")) {
      assertThat(report.exception()).isNull();
      assertThat(report.crashingThread()).isNull();
      assertThat(report.otherThreads()).hasSize(entry.threads());
      return;
    }
    if (report.system().os().equals("Windows")) {
      assertThat(theirWords(report)).as("reason").isEqualTo(entry.reason());
    } else {
      // Of other systems' reasons the report has the signal, not its subcode.
      String signal = entry.reason().replaceAll(" / .*|unknown ", "");
      assertThat(report.exception().name()).as("reason").isEqualToIgnoringCase(signal);
    }
  }

  /** Our reason in the other tool's vocabulary. */
  private static String theirWords(CrashReport report) {
    CrashReport.ExceptionFacts exception = report.exception();
    String name = exception.name();
    return switch (name) {
      case "ACCESS_VIOLATION" -> "EXCEPTION_ACCESS_VIOLATION_" + accessOf(exception);
      case "STACK_BUFFER_OVERRUN" ->
          "EXCEPTION_STACK_BUFFER_OVERRUN / FAST_FAIL_"
              + exception.reason().replaceAll("Fast fail: (\\w+) .*", "$1");
      case "CLR_EXCEPTION" -> "MANAGED_EXCEPTION_CODE_V4";
      case "INTEGER_DIVIDE_BY_ZERO" -> "EXCEPTION_INT_DIVIDE_BY_ZERO";
      default -> "EXCEPTION_" + name;
    };
  }

  private static String accessOf(CrashReport.ExceptionFacts exception) {
    String access = exception.reason().replaceAll("Access violation: (\\w+) of .*", "$1");
    return access.equals("execute") ? "EXEC" : access.toUpperCase(Locale.ROOT);
  }

  private static void hasItsCrashingThread(CrashReport report, IndexEntry entry)
      throws IOException {
    if (entry.crashingThread().isEmpty()) {
      return;
    }
    try (Minidump dump = Minidump.open(Corpus.dump(entry.name()))) {
      assertThat(report.crashingThread().id())
          .as("crashing thread")
          .isEqualTo(dump.threads().get(entry.crashingThread().get()).id());
    }
    if (report.system().os().equals("Windows")) {
      String address =
          report.exception().accessAddress().isEmpty()
              ? report.exception().address()
              : report.exception().accessAddress();
      assertThat(Long.decode(address)).as("address").isEqualTo(Long.decode(entry.address()));
    }
  }

  private static void hasItsStack(CrashReport report, IndexEntry entry) {
    entry
        .frame0()
        .ifPresent(
            frame -> {
              Frame ours = report.crashingThread().frames().get(0);
              assertThat(ours.source()).isEqualTo("context");
              assertThat(place(ours)).as("frame 0").isEqualTo(normal(frame));
            });
    List<Frame> frames =
        report.crashingThread() == null ? List.of() : report.crashingThread().frames();
    int theirs = 0;
    int ours = 0;
    while (theirs < entry.walk().size() && !entry.walk().get(theirs).contains("…")) {
      String expected = entry.walk().get(theirs);
      assertThat(frames).as("frames up to " + expected).hasSizeGreaterThan(ours);
      assertSame(frames.get(ours), expected);
      theirs += 1;
      boolean recursion =
          frames.get(ours).repeats() > 1
              && theirs < entry.walk().size()
              && entry.walk().get(theirs).equals(expected);
      ours += recursion ? 0 : 1;
    }
  }

  /** {@code module!name+0x1}, {@code module!+0x1}, {@code module+0x1 name+0x1}, {@code 0x1}. */
  private static void assertSame(Frame frame, String expected) {
    if (expected.startsWith("[managed] ")) {
      assertThat(frame.managed()).as(expected).isTrue();
      assertThat(frame.function())
          .isEqualTo(
              expected.substring("[managed] ".length()).replaceAll(" .*", "").replace('+', '.'));
      return;
    }
    String text = expected.replaceAll(" \\(\\d+ total\\)", "");
    String function =
        frame.function().isEmpty() ? "" : frame.function() + "+" + frame.functionOffset();
    if (text.contains("!+")) {
      assertThat(frame.module() + "!+" + frame.offset()).isEqualTo(text);
    } else if (text.contains("!")) {
      assertThat(frame.module() + "!" + function).isEqualTo(text);
    } else if (text.contains(" ")) {
      assertThat(frame.module() + "+" + frame.offset() + " " + function).isEqualTo(text);
    } else {
      assertThat(frame.offset()).isEqualTo(text);
    }
  }

  private static String place(Frame frame) {
    return (frame.module().isEmpty() ? "?" : frame.module()) + "+" + frame.offset();
  }

  private static String normal(String frame) {
    int plus = frame.lastIndexOf('+');
    return frame.substring(0, plus)
        + "+0x"
        + Long.toHexString(Long.decode(frame.substring(plus + 1)));
  }
}
