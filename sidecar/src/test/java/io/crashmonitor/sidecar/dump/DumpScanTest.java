package io.crashmonitor.sidecar.dump;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.crashmonitor.sidecar.dump.DumpFile.Origin;
import io.crashmonitor.sidecar.supervisor.ProcessInstance;
import io.crashmonitor.sidecar.volume.SecondNames;
import io.crashmonitor.sidecar.volume.VolumeLayout;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DumpScanTest {
  private static final SecondNames NO_OTHERS = file -> false;

  @TempDir Path folder;
  private VolumeLayout volume;

  @BeforeEach
  void prepare() throws IOException {
    volume = new VolumeLayout(folder.resolve("volume"));
    volume.create();
  }

  @Test
  void findsDumpsOldestFirst() throws IOException {
    Path newer = dump(volume.ready().resolve("5_1795420800000_1.dmp"), 20);
    Path older = dump(incoming("6_1795420801000").resolve("app.exe_261122_080001.dmp"), 10);
    assertThat(scan().dumps())
        .extracting(DumpFile::path, DumpFile::finished, DumpFile::process)
        .containsExactly(
            tuple(older, false, new ProcessInstance(6, 1795420801)),
            tuple(newer, true, new ProcessInstance(5, 1795420800)));
  }

  @Test
  void leavesOtherFilesAndLinksWhereTheyAre() throws IOException {
    Path secret = Files.writeString(folder.resolve("token"), "secret");
    Path outside = Files.createDirectory(folder.resolve("outside"));
    dump(outside.resolve("x.dmp"), 1);
    Files.createSymbolicLink(volume.ready().resolve("5_1_1.dmp"), secret);
    Files.createLink(volume.ready().resolve("5_1_2.dmp"), secret);
    Files.createDirectory(volume.ready().resolve("5_1_3.dmp"));
    Files.createSymbolicLink(volume.incoming().resolve("6_1"), outside);
    Files.writeString(volume.ready().resolve("notes.txt"), "");
    Files.writeString(incoming("7_1").resolve("notes.txt"), "");
    assertThat(scan().dumps()).isEmpty();
    assertThat(secret).hasContent("secret");
  }

  @Test
  void leavesADumpWithAnotherNameFromThenOn() throws IOException {
    Path dump = dump(volume.ready().resolve("5_1795420800000_1.dmp"), 20);
    Path named = dump(volume.ready().resolve("6_1795420800000_1.dmp"), 20);
    DumpScan scan = new DumpScan(volume, named::equals, () -> false);
    assertThat(scan.dumps())
        .filteredOn(scan::leaves)
        .extracting(DumpFile::path)
        .containsOnly(named);
    assertThat(scan.dumps()).extracting(DumpFile::path).containsOnly(dump);
    assertThat(named).exists();
    Files.delete(named);
    assertThat(scan.dumps()).hasSize(1);
    dump(named, 20);
    assertThat(scan.dumps()).hasSize(2);
  }

  @Test
  void refusesAFolderThatWasReplacedByALink() throws IOException {
    Path outside = Files.createDirectory(folder.resolve("outside"));
    dump(outside.resolve("5_1_1.dmp"), 1);
    Files.delete(volume.ready());
    Files.createSymbolicLink(volume.ready(), outside);
    assertThat(scan().dumps()).isEmpty();
  }

  @Test
  void looksAtNoMoreThanItCanKeepInMind() throws IOException {
    for (int folder = 1; folder <= 2; folder++) {
      Path incoming = incoming(folder + "_1");
      for (int i = 0; i < DumpScan.MOST_DUMPS / 2 + 1; i++) {
        Files.createFile(incoming.resolve(i + ".dmp"));
      }
    }
    assertThat(scan().dumps()).hasSize(DumpScan.MOST_DUMPS);
  }

  @Test
  void findsDumpsByTheRuntimeOnlyWhereItWritesThem() throws IOException {
    Path file = dump(volume.incoming().resolve("my_app.exe_5_1795420800.dmp"), 1);
    dump(volume.incoming().resolve("5_1795420800.dmp"), 1);
    dump(volume.incoming().resolve("app.exe_4294967296_1.dmp"), 1);
    Files.createSymbolicLink(volume.incoming().resolve("app.exe_6_1.dmp"), file);
    assertThat(new DumpScan(volume, NO_OTHERS, () -> true).dumps())
        .extracting(DumpFile::path, DumpFile::origin, DumpFile::process)
        .containsExactly(tuple(file, Origin.RUNTIME, new ProcessInstance(5, 1795420800)));
    assertThat(scan().dumps()).isEmpty();
  }

  private Path incoming(String name) throws IOException {
    return Files.createDirectory(volume.incoming().resolve(name));
  }

  private static Path dump(Path path, int second) throws IOException {
    Files.writeString(path, "MDMP");
    return Files.setLastModifiedTime(path, FileTime.from(Instant.ofEpochSecond(second)));
  }

  private DumpScan scan() {
    return new DumpScan(volume, NO_OTHERS, () -> false);
  }
}
