package io.crashmonitor.sidecar.upload;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.crashmonitor.api.Compression;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class UploadJournalTest {
  private static final Block FIRST = Block.of(0, "first".getBytes(UTF_8), 5);
  private static final Block SECOND = Block.of(1, "second".getBytes(UTF_8), 6);

  @TempDir Path folder;
  private Path file;

  @BeforeEach
  void prepare() {
    file = folder.resolve("upload.json");
  }

  @Test
  void knowsAfterARestartWhatIsInStorage() {
    open("a.dmp", 99).staged(FIRST);
    open("a.dmp", 99).staged(SECOND);
    assertThat(open("a.dmp", 99).blocks())
        .containsExactly(
            new UploadJournal.Staged(FIRST.id(), 5), new UploadJournal.Staged(SECOND.id(), 6));
  }

  @Test
  void countsForNothingForAnotherBlobSizeOrCompression() {
    open("a.dmp", 99).staged(FIRST);
    assertThat(open("b.dmp", 99).blocks()).isEmpty();
    open("a.dmp", 99).staged(FIRST);
    assertThat(open("a.dmp", 98).blocks()).isEmpty();
    open("a.dmp", 99).staged(FIRST);
    assertThat(UploadJournal.open(file, "a.dmp", 99, 7, Compression.None).blocks()).isEmpty();
  }

  @Test
  void countsForNothingForAnotherDumpOfTheSameProcessAndSize() {
    open("a.dmp", 99).staged(FIRST);
    assertThat(UploadJournal.open(file, "a.dmp", 99, 8, Compression.Gzip).blocks()).isEmpty();
  }

  @Test
  void keepsWhatStandsBeforeALineThatIsNoBlock() throws IOException {
    open("a.dmp", 99).staged(FIRST);
    for (String bad :
        new String[] {
          "{\"block\":\"000001-00",
          "rubbish\n",
          "{\"block\":\"000007-0123456789abcdef\",\"length\":5}\n"
        }) {
      Files.writeString(file, bad, StandardOpenOption.APPEND);
      UploadJournal journal = open("a.dmp", 99);
      assertThat(journal.blocks()).hasSize(1);
      assertThat(Files.readString(file)).doesNotContain(bad);
    }
    open("a.dmp", 99).staged(SECOND);
    assertThat(open("a.dmp", 99).blocks()).hasSize(2);
  }

  @Test
  void writesThroughNoLink() throws IOException {
    Path precious = Files.writeString(folder.resolve("precious"), "precious");
    Files.createSymbolicLink(file, precious);
    open("a.dmp", 99).staged(FIRST);
    assertThat(precious).hasContent("precious");
    assertThat(open("a.dmp", 99).blocks()).hasSize(1);
  }

  @Test
  void goesOnInMemoryWhereNothingCanBeKept() throws IOException {
    Files.createDirectories(file.resolve("in the way"));
    UploadJournal journal = open("a.dmp", 99);
    journal.staged(FIRST);
    assertThat(journal.blocks()).hasSize(1);
  }

  @Test
  void namesABrowsersFileAfterTheBlob() {
    assertThat(
            BlobProperties.fileName(
                "CrashDumps/x/pod_app.exe_5_C0000005_1_2.dmp.gz", Compression.Gzip))
        .isEqualTo("pod_app.exe_5_C0000005_1_2.dmp");
    assertThat(BlobProperties.fileName("x/a\"\r\nb.dmp", Compression.Gzip)).isEqualTo("a---b.dmp");
    assertThat(BlobProperties.fileName("rubbish", Compression.Gzip)).isEqualTo("crash.dmp");
  }

  private UploadJournal open(String blob, long size) {
    return UploadJournal.open(file, blob, size, 7, Compression.Gzip);
  }
}
