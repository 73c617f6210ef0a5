package io.crashmonitor.minidump;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.crashmonitor.minidump.reader.ByteSource;
import io.crashmonitor.minidump.reader.Minidump;
import io.crashmonitor.minidump.reader.MinidumpException;
import io.crashmonitor.minidump.reader.StreamEntry;
import io.crashmonitor.minidump.reader.Wholeness;
import io.crashmonitor.minidump.synth.Samples;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Whatever bytes come in, out comes a report or a {@link MinidumpException} that says where, within
 * a second and 64 MB.
 */
class HostileDumpsTest {
  private static final long MOST_NANOS = 1_000_000_000L;
  private static final long MOST_BYTES = 64L << 20;
  private static final int HEAD = 64;

  private final ThreadMXBean jvm = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  private void survives(byte[] bytes, String what) {
    long allocated = jvm.getCurrentThreadAllocatedBytes();
    long cpu = jvm.getCurrentThreadCpuTime();
    try {
      assertThat(
              MinidumpAnalyzer.analyze(
                  Minidump.of(ByteSource.of(bytes)), AnalysisOptions.defaults()))
          .isNotNull();
    } catch (MinidumpException e) {
      assertThat(e.getMessage()).as(what).isNotBlank();
      assertThat(e.kind())
          .as("%s: %s", what, e.getMessage())
          .isNotEqualTo(MinidumpException.Kind.UNREADABLE_MEMORY);
    } catch (RuntimeException | IOException | StackOverflowError | OutOfMemoryError e) {
      throw new AssertionError(what, e);
    }
    assertThat(jvm.getCurrentThreadCpuTime() - cpu)
        .as("CPU time of " + what)
        .isLessThan(MOST_NANOS);
    assertThat(jvm.getCurrentThreadAllocatedBytes() - allocated)
        .as("allocation of " + what)
        .isLessThan(MOST_BYTES);
  }

  @Test
  void everyTruncationOfASmallDump() {
    byte[] dump = Samples.everything().build();
    for (int length = 0; length < dump.length; length++) {
      byte[] cut = Arrays.copyOf(dump, length);
      survives(cut, "truncation to " + length);
      assertThat(Wholeness.of(ByteSource.of(cut)).whole()).as("whole at " + length).isFalse();
    }
    assertThat(Wholeness.of(ByteSource.of(dump)).whole()).isTrue();
  }

  @Test
  void everyValueOfEveryByteOfHeaderAndDirectory() {
    byte[] dump = Samples.everything().build();
    int end = 32 + 12 * Minidump.of(ByteSource.of(dump)).directory().streams().size();
    for (int at = 0; at < end; at++) {
      byte before = dump[at];
      for (int value = 0; value < 256; value++) {
        dump[at] = (byte) value;
        survives(dump, "byte " + at + " = " + value);
      }
      dump[at] = before;
    }
  }

  @Test
  void everyByteOfEveryStreamsHead() {
    byte[] dump = Samples.everything().build();
    for (StreamEntry stream : Minidump.of(ByteSource.of(dump)).directory().streams()) {
      int from = (int) stream.offset();
      for (int at = from; at < Math.min(dump.length, from + Math.min(HEAD, stream.size())); at++) {
        byte before = dump[at];
        for (int value : new int[] {0, 1, 0x7F, 0x80, 0xFF, before ^ 1, before ^ 0x10}) {
          dump[at] = (byte) value;
          survives(dump, stream.name() + ": byte " + at + " = " + value);
        }
        dump[at] = before;
      }
    }
  }

  @Test
  void seededRandomChangesAnywhere() {
    byte[] dump = Samples.everything().build();
    randomChanges(dump, 4000, 20261122L);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "lldb__fizzbuzz_no_heap",
        "breakpad__minidump2",
        "breakpad__tiny-exe-fastfail",
        "symbolic__crash_linux",
        "gen__clr_nre_mini"
      })
  void seededRandomChangesOfRealDumps(String name) throws IOException {
    randomChanges(Files.readAllBytes(Corpus.dump(name)), 300, name.hashCode());
  }

  private void randomChanges(byte[] dump, int rounds, long seed) {
    Random random = new Random(seed);
    for (int round = 0; round < rounds; round++) {
      byte[] changed = dump.clone();
      for (int i = 0; i <= random.nextInt(16); i++) {
        // Structures lie in front, so half of the changes go there.
        int range = random.nextBoolean() ? Math.min(8192, dump.length) : dump.length;
        int at = random.nextInt(range);
        changed[at] = (byte) random.nextInt(256);
        if (random.nextInt(4) == 0 && at + 4 <= dump.length) {
          Arrays.fill(changed, at, at + 4, (byte) (random.nextBoolean() ? 0xFF : 0));
        }
      }
      survives(changed, "round " + round + " of seed " + seed);
    }
  }

  @Test
  void countsThatWouldFillTheHeap() {
    for (int type : List.of(3, 4, 5, 9)) {
      byte[] stream = new byte[2 << 20];
      Arrays.fill(stream, (byte) 0xFF);
      byte[] dump = Samples.everything().stream(type, stream).build();
      survives(dump, "stream " + type + " of 2 MB of FF");
      // The entry of the original stream comes later; the first one counts.
      assertThat(Minidump.of(ByteSource.of(dump)).directory().streams())
          .filteredOn(entry -> entry.type() == type)
          .first()
          .returns((long) stream.length, StreamEntry::size);
    }
  }
}
