package io.crashmonitor.operator.console;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.crashmonitor.report.PreviousLog;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ConsoleTailTest {
  private static String numbered(int lines, String words) {
    return IntStream.rangeClosed(1, lines)
        .mapToObj(i -> i + words)
        .collect(Collectors.joining("\n", "", "\n"));
  }

  @Test
  void keepsTheLastLinesAsTheyWereWritten() {
    PreviousLog log = ConsoleTail.lines("one\r\n\r\n\ttwo  \nthree", 100);

    assertThat(log.lines()).containsExactly("one", "", "\ttwo", "three");
    assertThat(log.truncated()).isFalse();
  }

  @Test
  void saysThatEarlierLinesAreMissing() {
    PreviousLog log = ConsoleTail.lines(numbered(12, ""), 3);

    assertThat(log.lines()).containsExactly("10", "11", "12");
    assertThat(log.truncated()).isTrue();
  }

  @Test
  void isBoundedHoweverMuchTheAppWrites() {
    PreviousLog log = ConsoleTail.lines(numbered(1000, "x".repeat(100_000)), 1000);

    assertThat(log.lines())
        .allSatisfy(line -> assertThat(line).hasSizeLessThanOrEqualTo(ConsoleTail.LONGEST_LINE))
        .last()
        .asString()
        .startsWith("1000x")
        .endsWith("…");
    assertThat(log.lines().stream().mapToInt(String::length).sum())
        .isLessThanOrEqualTo(ConsoleTail.MOST_CHARACTERS);
    assertThat(log.truncated()).isTrue();
  }

  @Test
  void showsNoEscapesNoHalvesAndNoTurnedLines() {
    String hostile = "\u001b[31mred\u0000\u202Eevil\u2028x\ud83d 🚀";

    assertThat(ConsoleTail.lines(hostile, 10).lines()).containsExactly("?[31mred??evil?x? 🚀");
  }

  @Test
  void nothingIsNoLine() {
    assertThat(ConsoleTail.lines("", 10)).isEqualTo(new PreviousLog(java.util.List.of(), false));
  }

  @Test
  void readsTheExceptionThatTheRuntimePrinted() {
    JsonNode managed =
        ConsoleTail.exception(
                """
                shop started
                Unhandled exception. Shop.OrderException: no stock
                 ---> System.DivideByZeroException: Attempted to divide by zero.
                   at Shop.Price.Of(String sku)
                   --- End of inner exception stack trace ---
                   at Shop.Program.Main(String[] args)
                """)
            .orElseThrow();

    assertThat(managed.findValuesAsText("type"))
        .containsExactly("Shop.OrderException", "System.DivideByZeroException");
    assertThat(managed.at("/0/message").asText()).isEqualTo("no stock");
    assertThat(managed.at("/1/frames/0/method").asText()).isEqualTo("Shop.Price.Of");
  }

  @Test
  void aStackOverflowHasNoExceptionButAName() {
    JsonNode managed =
        ConsoleTail.exception("Stack overflow.\n   at Shop.Tree.Walk()\n   at Shop.Tree.Walk()\n")
            .orElseThrow();

    assertThat(managed.at("/0/type").asText()).isEqualTo("System.StackOverflowException");
    assertThat(managed.at("/0/frames/0/method").asText()).isEqualTo("Shop.Tree.Walk");
  }

  @Test
  void wordsOfTheAppAreNoException() {
    assertThat(ConsoleTail.exception("GET /orders 500\nretrying\n")).isEmpty();
  }
}
