package io.crashmonitor.sidecar.dump;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.crashmonitor.sidecar.TestDump;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MinidumpInspectorTest {
  private static final Instant START = Instant.parse("2026-11-22T08:00:00Z");

  @TempDir Path folder;
  private final MinidumpInspector inspector = new MinidumpInspector();

  @Test
  void readsWhatADumpSaysOfItself() throws IOException {
    Path file = write(TestDump.of(5, START, "comment").bytes());
    Inspection inspection = inspector.inspect(file);
    assertThat(inspection).isInstanceOf(Inspection.Whole.class);
    DumpFacts facts = ((Inspection.Whole) inspection).facts();
    assertThat(facts.pid()).hasValue(5);
    assertThat(facts.processStart()).contains(START);
    assertThat(facts.exceptionCode()).contains("0xC0000005");
    assertThat(facts.comment()).contains("comment");
    assertThat(facts.osVersion()).contains("10.0.20348");
    assertThat(facts.process()).isEmpty();
  }

  @Test
  void tellsATruncatedDumpFromAWholeOneAndFromNone() throws IOException {
    byte[] bytes = TestDump.of(5, START, "comment").padded(1000).bytes();
    for (int length = 0; length < bytes.length; length += 50) {
      assertThat(inspector.inspect(write(Arrays.copyOf(bytes, length))))
          .as("cut after %d bytes", length)
          .isInstanceOf(Inspection.Truncated.class);
    }
    assertThat(inspector.inspect(write(new byte[4096]))).isInstanceOf(Inspection.Truncated.class);
    assertThat(inspector.inspect(write("no dump at all, but a long text instead".getBytes(UTF_8))))
        .isInstanceOf(Inspection.NoDump.class);
  }

  @Test
  void explainsARealDump() throws IOException {
    Path gz = Path.of(System.getProperty("crashmonitor.minidumps"), "gen__clr_nre.dmp.gz");
    assumeTrue(Files.exists(gz), "the shared folder of real dumps is not there: " + gz);
    Path file = folder.resolve("real.dmp");
    try (InputStream in = new GZIPInputStream(Files.newInputStream(gz))) {
      Files.copy(in, file);
    }
    assertThat(inspector.inspect(file))
        .isInstanceOfSatisfying(
            Inspection.Whole.class,
            whole -> assertThat(whole.facts().process().orElseThrow()).endsWith(".exe"));
    JsonNode report = inspector.analyse(file);
    assertThat(report.path("signature").asText()).isNotEmpty();
    assertThat(report.path("crashingThread").path("frames")).isNotEmpty();
  }

  private Path write(byte[] bytes) throws IOException {
    return Files.write(folder.resolve("5_0_1.dmp"), bytes);
  }
}
