package io.crashmonitor.sidecar.procdump;

import static java.nio.charset.StandardCharsets.UTF_16LE;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.crashmonitor.sidecar.procdump.ConsoleEvent.Thrown;
import io.crashmonitor.sidecar.procdump.ConsoleOutput.Entry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ConsoleOutputTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "9.0-managed",
        "10.1-error",
        "11.0-native",
        "11.1-exited",
        "12.0-core",
        "12.01-managed",
        "12.01-denied"
      })
  void readsTheConsoleOfAVersionInEitherEncoding(String sample) throws IOException {
    String text = text(sample + ".txt");
    assertThat(events(text.getBytes(UTF_8))).isEqualTo(text(sample + ".events"));
    assertThat(events(text.getBytes(UTF_16LE))).isEqualTo(text(sample + ".events"));
    assertThat(events(("\uFEFF" + text).getBytes(UTF_16LE))).isEqualTo(text(sample + ".events"));
  }

  @Test
  void readsTheEndOfAFileThatBeginsInTheMiddleOfACharacter() throws IOException {
    byte[] bytes = text("12.01-managed.txt").getBytes(UTF_16LE);
    assertThat(events(Arrays.copyOfRange(bytes, 1, bytes.length))).isEqualTo(events(bytes));
  }

  @Test
  void knowsATypeOfDotNetFromTheNamesOfOtherExceptions() {
    assertThat(new Thrown(true, "E0434F4D", "System.Exception", "").managed()).isTrue();
    assertThat(new Thrown(true, "E0434352", "CLR", "").managed()).isFalse();
    assertThat(new Thrown(true, "C0000005", "ACCESS_VIOLATION", "").managed()).isFalse();
    assertThat(ConsoleOutput.read("[08:00:00] Unhandled: E06D7363").get(0).event())
        .contains(new Thrown(true, "E06D7363", "", ""));
  }

  @Test
  void endsAMessageThatIsNeverClosedWhereSomethingElseHappens() {
    List<Entry> entries =
        ConsoleOutput.read(
            "[08:00:00] Unhandled: E0434F4D.A.B (\"one\ntwo\n[08:00:01] The process has exited.");
    assertThat(entries.get(0).event()).contains(new Thrown(true, "E0434F4D", "A.B", "one\ntwo"));
    assertThat(entries.get(1).event()).contains(new ConsoleEvent.ProcessExited());
  }

  @Test
  void readsTheLastOfTooManyLinesAndTheBeginningOfATooLongOne() {
    String many = "x\n".repeat(20_000) + "[08:00:00] The process has exited.\n";
    List<Entry> entries = ConsoleOutput.read(many);
    assertThat(entries).hasSize(ConsoleOutput.MOST_LINES);
    assertThat(entries.get(entries.size() - 1).event()).contains(new ConsoleEvent.ProcessExited());
    String open =
        "Unhandled: E0434F4D.A (\"" + "y".repeat(1000) + ("\n" + "z".repeat(500)).repeat(9);
    assertThat(ConsoleOutput.read(open))
        .allSatisfy(e -> assertThat(e.text()).hasSizeLessThanOrEqualTo(ConsoleOutput.LONGEST_LINE));
    assertThat(ConsoleOutput.read("w".repeat(1_000_000)).get(0).text())
        .hasSize(ConsoleOutput.LONGEST_LINE);
  }

  @Test
  void takesAnyBytesWithoutFailing() throws IOException {
    Random random = new Random(20261122);
    byte[] sample = text("9.0-managed.txt").getBytes(UTF_8);
    byte[] wide = text("12.01-managed.txt").getBytes(UTF_16LE);
    for (int i = 0; i < 2000; i++) {
      byte[] bytes = (i % 2 == 0 ? sample : wide).clone();
      for (int n = random.nextInt(60); n >= 0; n--) {
        bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
      }
      int from = random.nextInt(bytes.length);
      byte[] part = Arrays.copyOfRange(bytes, from, from + random.nextInt(bytes.length - from));
      for (Entry entry : ConsoleOutput.read(ConsoleBytes.text(part))) {
        assertThat(entry.text().length()).isLessThanOrEqualTo(ConsoleOutput.LONGEST_LINE);
        assertThat(entry.text().chars()).noneMatch(c -> c < ' ' && c != '\n');
      }
    }
  }

  private static String events(byte[] bytes) {
    return ConsoleOutput.read(ConsoleBytes.text(bytes)).stream()
        .map(Entry::event)
        .flatMap(Optional::stream)
        .map(event -> event + "\n")
        .collect(Collectors.joining());
  }

  static String text(String name) throws IOException {
    Path here =
        Path.of(
            System.getProperty("crashmonitor.root"),
            "sidecar/src/test/resources/io/crashmonitor/sidecar/procdump");
    return Files.readString(here.resolve(name));
  }
}
