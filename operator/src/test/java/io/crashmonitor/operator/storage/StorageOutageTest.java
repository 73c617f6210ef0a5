package io.crashmonitor.operator.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.crashmonitor.api.AzureBlobStorage;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;

class StorageOutageTest {
  private static final Duration PACE = Duration.ofMillis(40);

  /** Never answers; notes when it was asked. */
  private static final class Away implements DumpStores {
    final List<Long> askedAt = new CopyOnWriteArrayList<>();

    @Override
    public DumpStore open(ResourceKey session, AzureBlobStorage storage) {
      askedAt.add(System.nanoTime());
      throw new StorageFaultException(new StorageFault.Unreachable("no answer"));
    }

    @Override
    public void close(ResourceKey session) {}
  }

  @Test
  void storageThatStaysAwayIsAskedSeldom() {
    Away away = new Away();
    try (StorageWatch watch = new StorageWatch(away, Clock.systemUTC(), PACE)) {
      watch.follow(Samples.target("shopdumps", "dumps", 3), true);

      await().atMost(Duration.ofSeconds(60)).until(() -> away.askedAt.size() >= 6);
    }
    // The first three at the usual pace, as a moment's trouble is soon over.
    for (int i = 3; i < away.askedAt.size(); i++) {
      assertThat(Duration.ofNanos(away.askedAt.get(i) - away.askedAt.get(i - 1)))
          .isGreaterThanOrEqualTo(PACE.multipliedBy(5).minusMillis(5));
    }
  }
}
