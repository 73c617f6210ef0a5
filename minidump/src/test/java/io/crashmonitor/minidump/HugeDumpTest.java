package io.crashmonitor.minidump;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.crashmonitor.minidump.reader.ByteSource;
import io.crashmonitor.minidump.reader.Minidump;
import io.crashmonitor.minidump.reader.StreamEntry;
import io.crashmonitor.minidump.reader.StreamType;
import io.crashmonitor.minidump.report.CrashReport;
import io.crashmonitor.minidump.synth.Samples;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HugeDumpTest {
  private static final long SIZE = 20L << 30;
  private static final long MOST_BYTES = 16L << 20;

  @Test
  void aDumpOf20GigabytesIsExplainedInTheMemoryThatASmallOneTakes(@TempDir Path folder)
      throws IOException {
    byte[] small = Samples.everything().memory(0x7000_0000_0000L, new byte[16]).build();
    CrashReport expected =
        MinidumpAnalyzer.analyze(Minidump.of(ByteSource.of(small)), AnalysisOptions.defaults());
    Path huge = grown(small, folder.resolve("huge.dmp"));
    ThreadMXBean jvm = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long before = jvm.getCurrentThreadAllocatedBytes();

    CrashReport report = MinidumpAnalyzer.analyze(huge, AnalysisOptions.defaults());

    assertThat(jvm.getCurrentThreadAllocatedBytes() - before).isLessThan(MOST_BYTES);
    assertThat(Files.size(huge)).isGreaterThan(SIZE);
    assertThat(report.crashingThread()).isEqualTo(expected.crashingThread());
    assertThat(report.signature()).isEqualTo(expected.signature());
    assertThat(report.dump().size()).isEqualTo(Files.size(huge));
    assertThat(report.findings()).isEmpty();
  }

  /** The last range of memory, whose bytes are the file's last, made longer; the file is sparse. */
  private static Path grown(byte[] dump, Path file) throws IOException {
    StreamEntry list =
        Minidump.of(ByteSource.of(dump)).directory().first(StreamType.MEMORY64_LIST).orElseThrow();
    ByteBuffer bytes = ByteBuffer.wrap(dump).order(ByteOrder.LITTLE_ENDIAN);
    bytes.putLong((int) (list.offset() + list.size()) - 8, SIZE);
    try (FileChannel channel =
        FileChannel.open(
            file,
            StandardOpenOption.CREATE_NEW,
            StandardOpenOption.WRITE,
            StandardOpenOption.SPARSE)) {
      channel.write(bytes.rewind());
      channel.write(ByteBuffer.allocate(1), dump.length - 16 + SIZE - 1);
    }
    return file;
  }
}
