package io.crashmonitor.sidecar.volume;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PlainFilesTest {
  @TempDir Path folder;
  private Path file;

  @BeforeEach
  void write() throws IOException {
    file = Files.writeString(folder.resolve("file"), "12345678");
  }

  @Test
  void readsAPlainFileUpToItsLimit() throws IOException {
    assertThat(PlainFiles.read(file, 8)).asString().isEqualTo("12345678");
    assertThatThrownBy(() -> PlainFiles.read(file, 7))
        .isInstanceOf(FileSystemException.class)
        .hasMessageContaining("longer than 7 bytes");
  }

  @Test
  void refusesASymbolicLink() throws IOException {
    Path link = Files.createSymbolicLink(folder.resolve("link"), file);
    assertThat(PlainFiles.file(link)).isEmpty();
    assertThat(PlainFiles.exists(link)).isTrue();
    assertThatThrownBy(() -> PlainFiles.read(link, 100)).isInstanceOf(IOException.class);
  }

  @Test
  void refusesAFileWithASecondName() throws IOException {
    Path link = Files.createLink(folder.resolve("link"), file);
    assertThat(PlainFiles.file(link)).isEmpty();
    assertThatThrownBy(() -> PlainFiles.read(link, 100)).isInstanceOf(IOException.class);
  }

  @Test
  void refusesALinkToAFolder() throws IOException {
    Path link = Files.createSymbolicLink(folder.resolve("link"), folder);
    assertThat(PlainFiles.isFolder(link)).isFalse();
    assertThat(PlainFiles.isFolder(folder)).isTrue();
  }

  @Test
  void refusesWhatIsNoFile() {
    assertThat(PlainFiles.file(folder)).isEmpty();
    assertThatThrownBy(() -> PlainFiles.read(Path.of("/dev/zero"), 100))
        .isInstanceOf(IOException.class);
  }
}
