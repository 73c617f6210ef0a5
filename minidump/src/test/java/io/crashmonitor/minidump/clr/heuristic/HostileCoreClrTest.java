package io.crashmonitor.minidump.clr.heuristic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import io.crashmonitor.minidump.Corpus;
import io.crashmonitor.minidump.clr.BytesOfDump;
import io.crashmonitor.minidump.clr.CpuTime;
import io.crashmonitor.minidump.clr.ManagedRuntime;
import io.crashmonitor.minidump.clr.ManagedRuntimes;
import io.crashmonitor.minidump.reader.Minidump;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * Changed bytes in what the finder for .NET Core 3.1 really reads: less is found, nothing is
 * thrown.
 */
class HostileCoreClrTest {
  private static final int ROUNDS = 150;

  /** Below lie header, directory and lists, which the reader's own tests change. */
  private static final long MEMORY = 32 * 1024;

  @Test
  void changed_bytes_never_let_an_exception_out() throws IOException {
    try (Minidump file = Minidump.open(Corpus.dump("gen__clr31_thread"))) {
      BytesOfDump bytes = new BytesOfDump(file.bytes());
      assertThat(read(bytes)).isEqualTo(9);
      Long[] touched = bytes.touched();
      Random random = new Random(31);
      int complete = 0;

      for (int round = 0; round < ROUNDS; round++) {
        bytes.clear();
        for (int i = 0; i < 8; i++) {
          long at = touched[random.nextInt(touched.length)] + random.nextInt(8);
          bytes.put(Math.max(MEMORY, at), (byte) random.nextInt(256));
        }
        CpuTime start = CpuTime.start();
        complete += tried(bytes, round) == 9 ? 1 : 0;
        assertThat(start.spent()).as("round %d", round).isLessThan(Duration.ofSeconds(1));
      }

      assertThat(complete).isPositive();
    }
  }

  private static int tried(BytesOfDump bytes, int round) {
    try {
      return read(bytes);
    } catch (RuntimeException | StackOverflowError | OutOfMemoryError escaped) {
      return fail("round " + round + " let out " + escaped, escaped);
    }
  }

  private static int read(BytesOfDump bytes) {
    Minidump dump = Minidump.of(bytes);
    long thread = dump.exception().orElseThrow().threadId();
    Optional<ManagedRuntime> runtime = ManagedRuntimes.detect(dump, dump.memory());
    return runtime.map(found -> found.exceptions(thread)).stream()
        .flatMap(chain -> chain.stream())
        .mapToInt(exception -> exception.frames().size())
        .sum();
  }
}
