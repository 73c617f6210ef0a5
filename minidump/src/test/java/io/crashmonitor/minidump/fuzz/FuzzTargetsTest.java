package io.crashmonitor.minidump.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import io.crashmonitor.minidump.clr.console.ConsoleText;
import io.crashmonitor.minidump.clr.exception.ManagedMethod;
import io.crashmonitor.minidump.clr.metadata.Metadata;
import io.crashmonitor.minidump.clr.metadata.View;
import io.crashmonitor.minidump.report.CrashReport;
import io.crashmonitor.minidump.synth.Bytes;
import io.crashmonitor.minidump.synth.DumpBuilder;
import io.crashmonitor.minidump.synth.ImageBuilder;
import io.crashmonitor.minidump.synth.MetadataSample;
import io.crashmonitor.minidump.synth.RuntimeSample;
import io.crashmonitor.minidump.synth.Samples;
import io.crashmonitor.minidump.synth.UnwindCodes;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;

/** Feeds the fuzz targets seeded changes of good input. */
class FuzzTargetsTest {
  private static final int ROUNDS = 3000;

  private interface Target {
    void run(byte[] data) throws Exception;
  }

  private static void feed(byte[] good, Target target) {
    Random random = new Random(20261122);
    for (int round = 0; round < ROUNDS; round++) {
      byte[] data = good.clone();
      for (int i = 0; i <= random.nextInt(24); i++) {
        int at = random.nextInt(data.length);
        data[at] = (byte) (random.nextInt(3) == 0 ? -1 : random.nextInt(256));
      }
      int number = round;
      Assertions.assertTimeout(
          Duration.ofSeconds(10), () -> target.run(data), () -> "round " + number);
    }
  }

  @Test
  void changedDumpsEndInAReportOrARefusal() {
    feed(Samples.everything().build(), DumpFuzzTarget::fuzzerTestOneInput);
  }

  @Test
  void changedImagesEndInAReport() {
    ImageBuilder image = ImageBuilder.amd64().export("boom", 0x1100).export("main", 0x1200);
    int primary = image.unwindInfo(UnwindCodes.of(1).code(1, 0, 3).build());
    byte[] chained = UnwindCodes.of(0).code(0, 2, 1).chainedTo(0x1100, 0x1200, primary);
    image.function(0x1100, 0x1180, chained);
    image.function(0x1180, 0x1300, UnwindCodes.withFrame(4, 5, 32).code(4, 3, 0).build());
    byte[] mapped = image.build();
    feed(mapped, ImageFuzzTarget::fuzzerTestOneInput);
    feed(onlyTables(mapped), data -> ImageFuzzTarget.fuzzerTestOneInput(withTables(mapped, data)));
  }

  /** Headers, unwind information and exports are small: changes must hit them often. */
  private static byte[] onlyTables(byte[] image) {
    Bytes tables = new Bytes();
    for (int start : new int[] {0, ImageBuilder.UNWIND, ImageBuilder.PDATA, ImageBuilder.EXPORTS}) {
      tables.raw(java.util.Arrays.copyOfRange(image, start, start + 0x180));
    }
    return tables.toArray();
  }

  private static byte[] withTables(byte[] image, byte[] tables) {
    byte[] changed = image.clone();
    int at = 0;
    for (int start : new int[] {0, ImageBuilder.UNWIND, ImageBuilder.PDATA, ImageBuilder.EXPORTS}) {
      System.arraycopy(tables, at, changed, start, 0x180);
      at += 0x180;
    }
    return changed;
  }

  @Test
  void changedStacksEndInAReport() {
    Bytes stack = new Bytes().padTo(136);
    for (int i = 0; i < 512; i++) {
      stack.u64(i % 2 == 0 ? Samples.BASE + 0x1100 + 3L * i : Samples.STACK + 8L * i);
    }
    feed(stack.toArray(), StackFuzzTarget::fuzzerTestOneInput);
  }

  @Test
  void changedMetadataIsReadOrRefused() {
    View view = new View(DumpBuilder.amd64().memory(0, MetadataSample.block()).open().memory());
    Metadata metadata = Metadata.at(view, 0, MetadataSample.block().length);
    ManagedMethod place =
        ManagedMethod.of(metadata, Metadata.METHOD_TOKEN | MetadataSample.MOVE_NEXT);
    assertThat(place)
        .as("the unchanged sample is read whole")
        .returns("Contoso.Cart`1.Place", ManagedMethod::name)
        .returns("String sku, T[] items, Object", ManagedMethod::parameters)
        .returns(true, ManagedMethod::async);
    feed(MetadataSample.block(), MetadataFuzzTarget::fuzzerTestOneInput);
  }

  @Test
  void changedDescriptionsOfARuntimeEndInAReport() throws IOException {
    CrashReport report = ContractFuzzTarget.report(RuntimeSample.sound());
    assertThat(report.managed())
        .as("the unchanged sample is read whole, but: %s", report.findings())
        .hasSize(1);
    assertThat(report.managed().get(0).frames())
        .extracting(CrashReport.ManagedFrame::method)
        .containsExactly("Contoso.Cart`1.Place");
    assertThat(report.crashingThread().frames())
        .extracting(CrashReport.Frame::function)
        .contains("Contoso.Cart`1.Place");
    feed(RuntimeSample.sound(), ContractFuzzTarget::fuzzerTestOneInput);
  }

  @Test
  void changedConsoleTextEndsInACrashOrNone() {
    assertThat(ConsoleText.parse(ConsoleFuzzTarget.SAMPLE)).isPresent();
    feed(
        ConsoleFuzzTarget.SAMPLE.getBytes(StandardCharsets.UTF_8),
        ConsoleFuzzTarget::fuzzerTestOneInput);
  }
}
