package io.crashmonitor.operator.storage;

import static io.crashmonitor.operator.storage.Samples.crash;
import static io.crashmonitor.operator.storage.Samples.report;
import static org.assertj.core.api.Assertions.assertThat;

import io.crashmonitor.api.DumpState;
import io.crashmonitor.report.ExitCode;
import io.crashmonitor.report.ExitCodeSource;
import io.crashmonitor.testbed.controlplane.Azurite;
import org.junit.jupiter.api.Test;

/** What the reconciler finds out comes into reports. */
class CrashRecorderIT extends WatchedStorage {
  CrashRecorderIT(Azurite azurite) {
    super(azurite);
  }

  @Test
  void aCrashWithoutDumpIsRecordedOnce() {
    watch.follow(target, true);

    for (int i = 0; i < 3; i++) {
      recorder.recordWithoutDump(target, report(7, DumpState.None, null));
    }

    assertThat(sees(dumps(DumpState.None)).ledgerPlacesUsed()).isZero();
  }

  @Test
  void aTerminationJoinsTheReportOfItsCrash() {
    store(7);
    watch.follow(target, true);

    recorder.joinTermination(target, crash(7), new ExitCode(0xC0000409), ExitCodeSource.Kubelet, 2);

    StoredCrash joined =
        sees(s -> s.crashes().stream().anyMatch(c -> c.restartCount().isPresent()))
            .crashes()
            .get(0);
    assertThat(joined.restartCount()).contains(2);
    assertThat(joined.exitCode().code()).isEqualTo("0xC0000409");
    assertThat(joined.dump()).isEqualTo(DumpState.Stored);
  }

  @Test
  void aLostDumpFreesItsPlaceAndAStoredOneIsNotLost() {
    grant(7);
    store(8);
    watch.follow(target, true);

    recorder.markLost(target, crash(7), "the pod is gone");
    recorder.markLost(target, crash(8), "the pod is gone");

    StorageSnapshot snapshot =
        sees(s -> s.crashes().stream().anyMatch(c -> c.dump() == DumpState.Lost));
    assertThat(snapshot.crashes())
        .extracting(c -> c.pid() + " " + c.dump())
        .containsExactlyInAnyOrder("7 Lost", "8 Stored");
    assertThat(sees(s -> s.ledgerPlacesUsed() == 1)).isNotNull();
  }
}
