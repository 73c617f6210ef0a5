package io.crashmonitor.sidecar;

import static org.assertj.core.api.Assertions.assertThat;

import io.crashmonitor.agent.DumpDecision.AlreadyStored;
import io.crashmonitor.agent.DumpDecision.Refused;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Whoever misses a dump finds in the agent's log why its file was deleted. */
class DeletedDumpsIT extends AgentWithStorage {
  private final Logger log = Logger.getLogger("io.crashmonitor.sidecar");
  private final List<String> lines = new CopyOnWriteArrayList<>();
  private final Handler handler =
      new Handler() {
        @Override
        public void publish(LogRecord line) {
          lines.add(line.getMessage());
        }

        @Override
        public void flush() {
          // Nothing waits here.
        }

        @Override
        public void close() {
          // Nothing is open.
        }
      };

  @BeforeEach
  void listen() {
    log.addHandler(handler);
  }

  @AfterEach
  void stopListening() {
    log.removeHandler(handler);
  }

  @Test
  void saysWhyADumpWasRefused() {
    operator.decide = offer -> new Refused("BudgetUsed", "all 3 dumps of the run are used");
    assertThat(deletionOf(TestDump.of(5, START, UNHANDLED).ready(folder, 5, START, 1)))
        .endsWith("not stored: BudgetUsed: all 3 dumps of the run are used");
  }

  @Test
  void saysThatADumpIsInStorageAlready() {
    operator.decide = offer -> new AlreadyStored("CrashDumps/a.dmp.gz");
    assertThat(deletionOf(TestDump.of(5, START, UNHANDLED).ready(folder, 5, START, 1)))
        .endsWith("stored by an earlier upload as CrashDumps/a.dmp.gz");
  }

  @Test
  void saysThatADumpIsNotWhole() throws IOException {
    Path ready = Files.createDirectories(folder.resolve("dumps/ready"));
    Path file = ready.resolve("5_" + START.toEpochMilli() + "_1.dmp");
    Files.writeString(file, "no dump at all, but a text that is longer than its header");
    assertThat(deletionOf(file)).endsWith("not stored: it is not whole");
  }

  @Test
  void saysThatADumpIsStored() {
    assertThat(deletionOf(TestDump.of(5, START, UNHANDLED).ready(folder, 5, START, 1)))
        .endsWith(": stored");
  }

  @Test
  void leavesNothingOfADumpInTheVolume() {
    deletionOf(TestDump.of(5, START, UNHANDLED).ready(folder, 5, START, 1));
    assertThat(folder.resolve("state")).isEmptyDirectory();
    assertThat(folder.resolve("control"))
        .isDirectoryNotContaining(file -> file.getFileName().toString().startsWith("analysis"));
  }

  private String deletionOf(Path file) {
    start(Duration.ofSeconds(55));
    String begin = "deleted " + file.getFileName() + ": ";
    patiently().until(() -> lines.stream().anyMatch(line -> line.startsWith(begin)));
    assertThat(file).doesNotExist();
    List<String> found = lines.stream().filter(line -> line.startsWith(begin)).toList();
    assertThat(found).hasSize(1);
    return found.get(0);
  }
}
