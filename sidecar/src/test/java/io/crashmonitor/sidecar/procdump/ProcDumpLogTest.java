package io.crashmonitor.sidecar.procdump;

import static java.nio.charset.StandardCharsets.UTF_16LE;
import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.WRITE;
import static org.assertj.core.api.Assertions.assertThat;

import io.crashmonitor.report.ProcDumpConsole;
import io.crashmonitor.sidecar.supervisor.ProcessInstance;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProcDumpLogTest {
  private static final long START = 1795334400;

  @TempDir Path folder;

  @Test
  void tellsTheManagedExceptionThatADumpWasTakenFor() throws IOException {
    write("11.0-native", "9.0-managed", "11.1-exited");
    ProcDumpConsole console = of(4711);
    assertThat(console.managed())
        .singleElement()
        .returns("Contoso.Shop.OrderException", e -> e.path("type").asText())
        .returns(
            "No stock for 'sku-1' (\"blue\") left,\n ask the warehouse",
            e -> e.path("message").asText())
        .returns("log", e -> e.path("source").asText());
    assertThat(console.lines())
        .first()
        .isEqualTo("ProcDump v9.0 - Sysinternals process dump utility");
    assertThat(console.lines())
        .contains("Process:               Checkout.exe (4711)")
        .noneMatch(line -> line.startsWith("CPU threshold") || line.startsWith("Copyright"))
        .last()
        .isEqualTo("[08:01:09] Dump count reached.");
  }

  @Test
  void emptiesALogThatNobodyShortensAndNothingBehindALink() throws IOException {
    Path elsewhere = sparse(folder.resolve("elsewhere"), ProcDumpLog.MOST + 1);
    Files.createSymbolicLink(log(), elsewhere);
    new ProcDumpLog(log()).bound();
    assertThat(elsewhere).hasSize(ProcDumpLog.MOST + 1);

    Files.delete(log());
    sparse(log(), ProcDumpLog.MOST);
    new ProcDumpLog(log()).bound();
    assertThat(log()).hasSize(ProcDumpLog.MOST);

    sparse(log(), ProcDumpLog.MOST + 1);
    new ProcDumpLog(log()).bound();
    assertThat(log()).isEmptyFile();
  }

  private static Path sparse(Path file, long size) throws IOException {
    try (var channel = Files.newByteChannel(file, CREATE, WRITE)) {
      channel.position(size - 1).write(ByteBuffer.allocate(1));
    }
    return file;
  }

  @Test
  void readsTheLogOfAVersionThatWritesWideCharacters() throws IOException {
    Files.write(log(), ConsoleOutputTest.text("12.01-managed.txt").getBytes(UTF_16LE));
    assertThat(of(9).managed().path(0).path("message").asText()).isEqualTo("Grüße aus 東京");
  }

  @Test
  void namesNoExceptionWhereProcDumpDoesNotKnowItsType() throws IOException {
    write("12.0-core", "11.0-native");
    assertThat(of(8).managed()).isNull();
    assertThat(of(8).lines()).contains("[08:34:40]Unhandled: E0434352.CLR");
    assertThat(of(6).managed()).isNull();
  }

  @Test
  void saysNothingOfAProcessThatWasNotDumpedOrOfAnotherOfItsId() throws IOException {
    write("9.0-managed", "11.1-exited");
    assertThat(new ProcDumpLog(log()).of(new ProcessInstance(7, START))).isEmpty();
    assertThat(new ProcDumpLog(log()).of(new ProcessInstance(4711, START + 1))).isEmpty();
  }

  @Test
  void complainsInTheWordsOfTheLastProcDump() throws IOException {
    write("9.0-managed", "10.1-error");
    assertThat(new ProcDumpLog(log()).complaint())
        .contains(
            "Error writing dump file: 0x80070057 The parameter is incorrect."
                + " (0x80070057, -2147024809)");
    write("10.1-error", "12.01-denied");
    assertThat(new ProcDumpLog(log()).complaint())
        .contains("Error opening process: Access is denied. (0x00000005, 5)");
    write("10.1-error", "9.0-managed");
    assertThat(new ProcDumpLog(log()).complaint()).isEmpty();
  }

  @Test
  void readsTheEndOfAnEndlessLogAndNoneBehindALink() throws IOException {
    String sample = ConsoleOutputTest.text("9.0-managed.txt");
    Files.writeString(log(), "x".repeat(3_000_000) + "\n" + sample);
    assertThat(of(4711).managed()).isNotNull();
    Path elsewhere = folder.resolve("elsewhere");
    Files.move(log(), elsewhere);
    Files.createSymbolicLink(log(), elsewhere);
    assertThat(new ProcDumpLog(log()).of(new ProcessInstance(4711, START))).isEmpty();
    Files.delete(log());
    assertThat(new ProcDumpLog(log()).complaint()).isEmpty();
  }

  @Test
  void keepsTheLastLinesOfATalkativeProcDump() throws IOException {
    String sample = ConsoleOutputTest.text("9.0-managed.txt");
    String seen = "[08:00:59] Exception: E0434F4D.System.IO.IOException (\"again\")\r\n";
    int at = sample.indexOf("[08:01:01] Unhandled");
    Files.writeString(log(), sample.substring(0, at) + seen.repeat(500) + sample.substring(at));
    assertThat(of(4711).lines())
        .hasSize(ProcDumpConsole.MOST_LINES)
        .last()
        .asString()
        .contains("reached");
    assertThat(of(4711).managed().path(0).path("type").asText())
        .isEqualTo("Contoso.Shop.OrderException");
  }

  private ProcDumpConsole of(long pid) {
    return new ProcDumpLog(log()).of(new ProcessInstance(pid, START)).orElseThrow();
  }

  private void write(String... samples) throws IOException {
    StringBuilder all = new StringBuilder();
    for (String sample : samples) {
      all.append(ConsoleOutputTest.text(sample + ".txt"));
    }
    Files.writeString(log(), all);
  }

  private Path log() {
    return folder.resolve("procdump.log");
  }
}
