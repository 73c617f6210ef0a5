package io.crashmonitor.sidecar.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DumpRunsTest {
  private static final Path DUMP = Path.of("dumps", "ready", "5_1_1.dmp");

  @TempDir Path folder;

  @Test
  void knowsTheRunOfADumpAfterARestart() {
    assertThat(runs().of(DUMP, Optional.of("run-a"))).contains("run-a");
    assertThat(runs().of(DUMP, Optional.of("run-b"))).contains("run-a");
    assertThat(runs().of(DUMP, Optional.empty())).contains("run-a");
  }

  @Test
  void waitsForTheFirstRunThatIsKnown() {
    DumpRuns runs = runs();
    assertThat(runs.of(DUMP, Optional.empty())).isEmpty();
    assertThat(runs.of(DUMP, Optional.of("run-b"))).contains("run-b");
  }

  @Test
  void forgetsADumpThatIsGone() throws IOException {
    DumpRuns runs = runs();
    runs.of(DUMP, Optional.of("run-a"));
    runs.forget(DUMP);
    assertThat(runs().of(DUMP, Optional.of("run-b"))).contains("run-b");
    assertThat(Files.size(file())).isLessThan(100);
  }

  @Test
  void startsWithNothingFromAFileThatIsBrokenOrALink() throws IOException {
    Files.writeString(file(), "{\"ready/5_1_1.dmp\":");
    assertThat(runs().of(DUMP, Optional.of("run-b"))).contains("run-b");
    Path elsewhere = Files.writeString(folder.resolve("elsewhere"), "{\"ready/5_1_1.dmp\":\"x\"}");
    Files.delete(file());
    Files.createSymbolicLink(file(), elsewhere);
    assertThat(runs().of(DUMP, Optional.of("run-c"))).contains("run-c");
    assertThat(elsewhere).hasContent("{\"ready/5_1_1.dmp\":\"x\"}");
  }

  private Path file() {
    return folder.resolve("dump-runs.json");
  }

  private DumpRuns runs() {
    return new DumpRuns(file());
  }
}
