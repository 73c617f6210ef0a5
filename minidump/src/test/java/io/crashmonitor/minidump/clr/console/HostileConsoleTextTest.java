package io.crashmonitor.minidump.clr.console;

import static org.assertj.core.api.Assertions.assertThat;

import io.crashmonitor.minidump.clr.CpuTime;
import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Any text: bounded time, bounded answer, nothing thrown. */
class HostileConsoleTextTest {
  private static final String[] PIECES = {
    "Unhandled exception. ",
    "Unhandled Exception: ",
    "Process terminated. ",
    "Fatal error. ",
    "Stack overflow.",
    "System.Exception: x",
    "System.IO.IOException",
    " ---> ",
    "---> (Inner Exception #1) ",
    "<---",
    "   at ",
    "A.B(",
    "(",
    ")",
    "A.B(String s) in C:\\x.cs:line 12",
    "--- End of inner exception stack trace ---",
    "--- End of stack trace from previous location ---",
    "\n",
    "\n",
    "\r\n",
    "`1[[",
    "]",
    "<Foo>d__3.MoveNext()",
    "\u0000",
    "\uD800",
    "Repeat 3 times:",
    "--------",
    " ",
    ":",
    "2026-11-22T08:00:00Z stderr F "
  };

  @Test
  void random_mixtures_of_what_runtimes_print_never_throw() {
    Random random = new Random(7);
    int crashes = 0;
    for (int round = 0; round < 20_000; round++) {
      StringBuilder text = new StringBuilder();
      for (int i = random.nextInt(60); i >= 0; i--) {
        text.append(PIECES[random.nextInt(PIECES.length)]);
      }
      crashes += ConsoleText.parse(text.toString()).isPresent() ? 1 : 0;
    }
    assertThat(crashes).isPositive();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Unhandled exception. A.B: x ---> ",
        "Unhandled exception. A.B\n",
        " ---> A.B: x",
        "   at A.B((",
        "Fatal error. ",
        "[[[[",
        "<A>g__",
        "   at <A>g__|",
        "--- x ---\n",
        "Process terminated. \n",
        "((((",
        "Unhandled exception. A.B: x\n ---> A.C: y\n"
      })
  void a_megabyte_of_the_same_takes_no_second(String piece) {
    String text =
        "Unhandled exception. System.Exception: x\n" + piece.repeat(1_500_000 / piece.length());
    CpuTime start = CpuTime.start();

    ConsoleText.parse(text);

    assertThat(start.spent()).isLessThan(Duration.ofSeconds(2));
  }
}
