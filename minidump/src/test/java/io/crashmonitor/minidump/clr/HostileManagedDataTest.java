package io.crashmonitor.minidump.clr;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import io.crashmonitor.minidump.Corpus;
import io.crashmonitor.minidump.clr.contract.ContractManagedRuntime;
import io.crashmonitor.minidump.clr.metadata.View;
import io.crashmonitor.minidump.reader.Findings;
import io.crashmonitor.minidump.reader.Minidump;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * Bytes that the reader really reads are changed, one or a few at a time: it answers with less,
 * never with an exception.
 */
class HostileManagedDataTest {
  private static final int ROUNDS = 1500;
  private static final Duration SLOW = Duration.ofSeconds(1);

  @Test
  void changed_bytes_of_a_runtime_that_describes_itself_never_let_an_exception_out()
      throws IOException {
    try (Minidump dump = Minidump.open(Corpus.dump("gen__clr_thread"))) {
      OverlayMemory memory = new OverlayMemory(dump.memory());
      long base = dump.modules().list().get(0).base();
      long thread = dump.exception().orElseThrow().threadId();
      assertThat(readAll(memory, base, thread)).isPositive();
      Long[] touched = memory.touched();
      Random random = new Random(20261122);
      int complete = 0;

      for (int round = 0; round < ROUNDS; round++) {
        memory.clear();
        change(memory, touched, random);
        CpuTime start = CpuTime.start();
        complete += tried(memory, base, thread, round) > 0 ? 1 : 0;
        assertThat(start.spent()).as("round %d", round).isLessThan(SLOW);
      }

      assertThat(complete).as("rounds that still gave frames").isPositive().isLessThan(ROUNDS);
    }
  }

  private static void change(OverlayMemory memory, Long[] touched, Random random) {
    for (int i = 0; i <= random.nextInt(4); i++) {
      long at = touched[random.nextInt(touched.length)] + random.nextInt(8);
      byte value =
          switch (random.nextInt(4)) {
            case 0 -> 0;
            case 1 -> (byte) 0xFF;
            case 2 -> 0x7F;
            default -> (byte) random.nextInt(256);
          };
      memory.put(at, value);
    }
  }

  private static int tried(OverlayMemory memory, long base, long thread, int round) {
    try {
      return readAll(memory, base, thread);
    } catch (RuntimeException | StackOverflowError | OutOfMemoryError escaped) {
      return fail("round " + round + " let out " + escaped, escaped);
    }
  }

  /** Everything the report asks of a runtime; number of frames read. */
  private static int readAll(OverlayMemory memory, long base, long thread) {
    Optional<ManagedRuntime> runtime =
        ContractManagedRuntime.inModule(new View(memory), base, new Findings(), Optional.empty());
    if (runtime.isEmpty()) {
      return 0;
    }
    runtime.get().description();
    int frames =
        runtime.get().exceptions(thread).stream().mapToInt(found -> found.frames().size()).sum();
    for (long address = 0xE090_0000L; address < 0xE0A0_0000L; address += 0x1_0000) {
      runtime.get().resolve(address);
    }
    return frames;
  }
}
