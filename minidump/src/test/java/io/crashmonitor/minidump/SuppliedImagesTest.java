package io.crashmonitor.minidump;

import static org.assertj.core.api.Assertions.assertThat;

import io.crashmonitor.minidump.reader.ByteSource;
import io.crashmonitor.minidump.reader.DumpModule;
import io.crashmonitor.minidump.reader.Minidump;
import io.crashmonitor.minidump.reader.StreamEntry;
import io.crashmonitor.minidump.reader.StreamType;
import io.crashmonitor.minidump.report.CrashReport;
import io.crashmonitor.minidump.synth.Bytes;
import io.crashmonitor.minidump.synth.DumpBuilder;
import io.crashmonitor.minidump.synth.ImageBuilder;
import io.crashmonitor.minidump.synth.Samples;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A folder of PE files stands in for the memory of images that a dump lacks. */
class SuppliedImagesTest {
  private static final long READ_ONLY_DATA = 0x140666000L;
  private static final long DATA = 0x1407F4000L;
  private static final long UNWIND_TABLE = 0x14080E000L;

  @TempDir Path folder;

  @Test
  void aSmallDumpsFramesAreTrueOnceTheFolderSuppliesTheSameBuild() throws IOException {
    int text = ImageBuilder.TEXT;
    Bytes stack = new Bytes().padTo(0x28).u64(Samples.BASE + text + 0x220).padTo(0x80);
    byte[] context =
        DumpBuilder.amd64Context(Samples.BASE + text + 0x140, Map.of(4, Samples.STACK));
    byte[] image =
        ImageBuilder.amd64()
            .function(text + 0x100, text + 0x200, new byte[] {1, 4, 1, 0, 4, 0x42})
            .export("boom", text + 0x100)
            .build();
    DumpBuilder dump =
        DumpBuilder.amd64()
            .smallMemory()
            .thread(7, context)
            .exception(7, 0xC0000005L, Samples.BASE + text + 0x140, context, 0, 0)
            .module(Samples.BASE, ImageBuilder.SIZE, ImageBuilder.TIMESTAMP, "C:\\app.exe")
            .memory(Samples.STACK, stack.toArray());
    AnalysisOptions options = AnalysisOptions.defaults().withImages(folder);

    CrashReport without = MinidumpAnalyzer.analyze(dump.open(), options);
    Path byBuild = folder.resolve("app.exe").resolve("5F0000005000");
    Files.createDirectories(byBuild);
    Files.write(byBuild.resolve("app.exe"), image);
    CrashReport with = MinidumpAnalyzer.analyze(dump.open(), options);

    assertThat(without.crashingThread().frames())
        .extracting(CrashReport.Frame::source)
        .containsExactly("context", "guessed");
    assertThat(without.findings()).extracting(CrashReport.FindingFacts::part).contains("managed");
    assertThat(with.crashingThread().frames())
        .extracting(CrashReport.Frame::source)
        .startsWith("context", "unwind");
    assertThat(with.crashingThread().frames().get(0).function()).isEqualTo("boom");
  }

  @Test
  void imagesOfAnotherBuildAreNotUsed() throws IOException {
    byte[] context = DumpBuilder.amd64Context(Samples.BASE + 0x1140, Map.of(4, Samples.STACK));
    Files.write(folder.resolve("app.exe"), ImageBuilder.amd64().export("boom", 0x1100).build());
    DumpBuilder dump =
        DumpBuilder.amd64()
            .thread(7, context)
            .exception(7, 0xC0000005L, Samples.BASE + 0x1140, context)
            .module(Samples.BASE, ImageBuilder.SIZE, 0x5F000001L, "C:\\app.exe");

    CrashReport report =
        MinidumpAnalyzer.analyze(dump.open(), AnalysisOptions.defaults().withImages(folder));

    assertThat(report.crashingThread().frames())
        .singleElement()
        .returns("", CrashReport.Frame::function);
  }

  @Test
  void theCaseOfAnImagesNameDoesNotMatter() throws IOException {
    byte[] context = DumpBuilder.amd64Context(Samples.BASE + 0x1140, Map.of(4, Samples.STACK));
    ImageBuilder image = ImageBuilder.amd64().export("boom", 0x1100);
    image.function(0x1100, 0x1200, new byte[] {1, 4, 1, 0, 4, 0x42});
    Files.write(folder.resolve("kernelbase.dll"), image.build());
    DumpBuilder dump =
        DumpBuilder.amd64()
            .thread(7, context)
            .exception(7, 0xC0000005L, Samples.BASE + 0x1140, context)
            .module(
                Samples.BASE, ImageBuilder.SIZE, ImageBuilder.TIMESTAMP, "C:\\W\\KERNELBASE.dll");

    CrashReport report =
        MinidumpAnalyzer.analyze(dump.open(), AnalysisOptions.defaults().withImages(folder));

    assertThat(report.crashingThread().frames().get(0))
        .returns("KERNELBASE.dll", CrashReport.Frame::module)
        .returns("boom", CrashReport.Frame::function);
  }

  /**
   * A dump of private and writable memory (ProcDump -mp) has the heap and the runtime's variables,
   * but neither the runtime's description nor its unwind tables, which are read-only.
   */
  @Test
  void managedExceptionsAreReadFromAHeapWhoseRuntimeTheFolderSupplies() throws IOException {
    byte[] dump = Files.readAllBytes(Corpus.dump("gen__clr_clr"));
    Path program = folder.resolve("crashapp_w.exe");
    Files.write(program, imageOf(Minidump.of(ByteSource.of(dump))));
    hideReadOnlyImageMemory(dump);
    AnalysisOptions options = AnalysisOptions.defaults();

    CrashReport without = MinidumpAnalyzer.analyze(Minidump.of(ByteSource.of(dump)), options);
    CrashReport with =
        MinidumpAnalyzer.analyze(
            Minidump.of(ByteSource.of(dump)), options.withImages(program.getParent()));

    assertThat(without.managed()).isEmpty();
    assertThat(without.findings()).extracting(CrashReport.FindingFacts::part).contains("managed");
    assertThat(with.managed())
        .extracting(CrashReport.ManagedException::type)
        .containsExactly("Contoso.Shop.OrderException", "System.DivideByZeroException");
    assertThat(with.crashingThread().frames())
        .extracting(CrashReport.Frame::function)
        .contains("Contoso.Shop.OrderService.Price", "Contoso.Shop.Program.Main");
  }

  /** The program as a file whose sections lie as they are mapped. */
  private static byte[] imageOf(Minidump dump) {
    DumpModule program = dump.modules().list().get(0);
    ByteBuffer image = ByteBuffer.allocate((int) program.size()).order(ByteOrder.LITTLE_ENDIAN);
    for (long from : new long[] {program.base(), READ_ONLY_DATA, DATA, UNWIND_TABLE}) {
      long size = dump.memory().available(from, program.base() + program.size() - from);
      image.put((int) (from - program.base()), dump.memory().bytes(from, (int) size));
    }
    int header = image.getInt(0x3C);
    int sections = header + 24 + image.getShort(header + 20);
    for (int i = 0; i < image.getShort(header + 6); i++) {
      int section = sections + 40 * i;
      image.putInt(section + 16, image.getInt(section + 8));
      image.putInt(section + 20, image.getInt(section + 12));
    }
    return image.array();
  }

  /** Puts those ranges where nobody looks. */
  private static void hideReadOnlyImageMemory(byte[] dump) {
    StreamEntry list =
        Minidump.of(ByteSource.of(dump)).directory().first(StreamType.MEMORY64_LIST).orElseThrow();
    ByteBuffer bytes = ByteBuffer.wrap(dump).order(ByteOrder.LITTLE_ENDIAN);
    int hidden = 0;
    for (int at = (int) list.offset() + 16; at < list.offset() + list.size(); at += 16) {
      long start = bytes.getLong(at);
      if (start == 0x140000000L || start == READ_ONLY_DATA || start == UNWIND_TABLE) {
        bytes.putLong(at, start + 0x1000_0000_0000L);
        hidden++;
      }
    }
    assertThat(hidden).isEqualTo(3);
  }
}
