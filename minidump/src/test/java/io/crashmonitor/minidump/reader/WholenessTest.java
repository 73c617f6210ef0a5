package io.crashmonitor.minidump.reader;

import static org.assertj.core.api.Assertions.assertThat;

import io.crashmonitor.minidump.reader.Wholeness.State;
import io.crashmonitor.minidump.synth.Bytes;
import io.crashmonitor.minidump.synth.DumpBuilder;
import io.crashmonitor.minidump.synth.Samples;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WholenessTest {
  private static final long GB = 1L << 30;

  private static Wholeness of(byte[] bytes) {
    return Wholeness.of(ByteSource.of(bytes));
  }

  @Test
  void aWholeDumpIsWhole() {
    assertThat(of(Samples.everything().build())).isEqualTo(new Wholeness(State.WHOLE, 0, ""));
  }

  @Test
  void anEmptyOrZeroedFileIsStillBeingWritten() {
    assertThat(of(new byte[0])).returns(State.INCOMPLETE, Wholeness::state);
    assertThat(of(new byte[4096])).returns(State.INCOMPLETE, Wholeness::state);
  }

  @Test
  void anotherFileNeverBecomesADump() {
    assertThat(of(new Bytes().ascii("PK").padTo(4096).toArray()))
        .returns(State.NOT_A_MINIDUMP, Wholeness::state);
  }

  @Test
  void aDumpThatLacksItsLastByteSaysWhatIsMissing() {
    byte[] dump = Samples.everything().build();

    Wholeness cut = of(Arrays.copyOf(dump, dump.length - 1));

    assertThat(cut.state()).isEqualTo(State.INCOMPLETE);
    assertThat(cut.reason()).contains("Memory64List", "truncated");
  }

  @Test
  void aDumpOfAllMemoryThatHasNoneYetIsStillBeingWritten() {
    // As dbghelp may leave it for many seconds: all streams before the memory are in bounds.
    byte[] context = DumpBuilder.amd64Context(0x1234, Map.of());

    Wholeness begun = of(DumpBuilder.amd64().thread(1, context).build());

    assertThat(begun.state()).isEqualTo(State.INCOMPLETE);
    assertThat(begun.reason()).contains("holds none yet");
    assertThat(of(DumpBuilder.amd64().smallMemory().thread(1, context).build()).whole()).isTrue();
  }

  @Test
  void anyOf20GigabytesIsReadWithoutReadingIt(@TempDir Path folder) throws IOException {
    Path file = folder.resolve("huge.dmp");
    long memory = 20 * GB;
    byte[] head = hugeDump(memory);
    try (FileChannel channel =
        FileChannel.open(
            file,
            StandardOpenOption.CREATE_NEW,
            StandardOpenOption.WRITE,
            StandardOpenOption.SPARSE)) {
      channel.write(ByteBuffer.wrap(head));
      ByteBuffer last = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(0, 0x4711L);
      channel.write(last, head.length + memory - 8);
    }

    assertThat(Files.size(file)).isGreaterThan(memory);
    try (PagedFile bytes = PagedFile.open(file)) {
      assertThat(Wholeness.of(bytes).whole()).isTrue();
      Memory view = Minidump.of(bytes).memory();
      assertThat(view.u64(0x10_0000L + memory - 8)).isEqualTo(0x4711L);
      assertThat(view.available(0x10_0000L, Long.MAX_VALUE)).isEqualTo(memory);
      assertThat(bytes.bytesRead()).isLessThan(128 * 1024);
    }
  }

  private static byte[] hugeDump(long memory) {
    Bytes dump = new Bytes().ascii("MDMP").u32(0xA793).u32(1).u32(32).u32(0).u32(0).u64(2);
    return dump.u32(9).u32(32).u32(44).u64(1).u64(76).u64(0x10_0000L).u64(memory).toArray();
  }
}
