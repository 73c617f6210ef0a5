package io.crashmonitor.sidecar.volume;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AtomicFileTest {
  @TempDir Path folder;

  @Test
  void replacesAndLeavesNothingBeside() throws IOException {
    Path file = folder.resolve("session.properties");
    AtomicFile.replace(file, "old and longer".getBytes(UTF_8));
    AtomicFile.replace(file, "new".getBytes(UTF_8));
    assertThat(file).hasContent("new");
    assertThat(folder).isDirectoryContaining(file::equals);
    assertThat(folder.toFile().list()).hasSize(1);
  }

  @Test
  void writesThroughNoLinkThatWaitsForIt() throws IOException {
    Path precious = Files.writeString(folder.resolve("precious"), "precious");
    Files.createSymbolicLink(folder.resolve("file.new"), precious);
    AtomicFile.replace(folder.resolve("file"), "new".getBytes(UTF_8));
    assertThat(precious).hasContent("precious");
    assertThat(folder.resolve("file")).hasContent("new");
  }
}
