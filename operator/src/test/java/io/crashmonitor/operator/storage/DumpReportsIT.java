package io.crashmonitor.operator.storage;

import static io.crashmonitor.operator.storage.Samples.SHA;
import static io.crashmonitor.operator.storage.Samples.crash;
import static io.crashmonitor.operator.storage.Samples.report;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.crashmonitor.api.DumpState;
import io.crashmonitor.operator.storage.DumpPlaces.Arrival;
import io.crashmonitor.operator.storage.DumpPlaces.Placement;
import io.crashmonitor.report.BlobLayout;
import io.crashmonitor.report.DumpReport;
import io.crashmonitor.report.PreviousLog;
import io.crashmonitor.testbed.controlplane.Azurite;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What is reported of a dump, and of a crash without one. */
class DumpReportsIT extends PlacesInStorage {
  DumpReportsIT(Azurite azurite) {
    super(azurite);
  }

  @Test
  void theReportIsThereAtTheGrantAndKnowsTheDumpWhenItIsComplete() {
    StorageTarget target = target(2);
    String blob = granted(target, 7).blob();
    assertThat(reportMetadata(blob)).containsEntry("dump", "Uploading");

    upload(blob, "dump", SHA);

    assertThat(complete(target, 7, 4, SHA)).isEqualTo(Arrival.Stored);
    assertThat(reportMetadata(blob)).containsEntry("dump", "Stored");
    assertThat(ledger(target).entry(crash(7)).orElseThrow().state()).isEqualTo(Ledger.State.Stored);
    assertThat(complete(target, 7, 4, SHA)).as("a repeated word").isEqualTo(Arrival.Stored);
    assertThat(place(target, 7)).isEqualTo(new Placement.Settled(blob));
  }

  @Test
  void crashesWithoutDumpAreReportedOnceAndBeyondTheLimitOnlyCounted() {
    StorageTarget target = target(1);
    DumpReport report = report(7, DumpState.None, null);
    places.record(target, crash(7), Samples.name(7), report);
    places.record(target, crash(7), Samples.name(7), report);

    stores.use(
        target,
        store ->
            LedgerStore.decide(
                store,
                target,
                ledger -> {
                  Ledger full = ledger;
                  for (int i = 0; i < Ledger.NOTE_LIMIT; i++) {
                    int pid = 1000 + i;
                    full =
                        full.noted(
                            crash(pid), s -> "x/p_a_" + pid + "_00000000.dmp", report2 -> false);
                  }
                  return new LedgerStore.Outcome<>(full, full);
                }));
    places.record(target, crash(8), Samples.name(8), report(8, DumpState.None, null));

    long reports =
        container.listBlobs().stream().filter(b -> b.getName().startsWith("CrashDumps/")).count();
    assertThat(reports).isEqualTo(1);
    assertThat(ledger(target).counted()).contains(crash(8).value());
  }

  @Test
  void aDumpThatComesAfterItsCrashWasReportedJoinsThatReport() {
    StorageTarget target = target(1);
    places.record(target, crash(7), Samples.name(7), report(7, DumpState.None, null));

    String blob = granted(target, 7).blob();

    assertThat(container.listBlobs().stream().filter(b -> b.getName().endsWith(".dmp.json")))
        .hasSize(1);
    assertThat(reportMetadata(blob)).containsEntry("dump", "Uploading");
    assertThat(ledger(target).notes()).isEmpty();
  }

  @Test
  void theContainersLogJoinsTheReportOnce() throws Exception {
    StorageTarget target = target(1);
    String blob = granted(target, 7).blob();
    JsonNode exception =
        new JsonMapper().readTree("[{\"type\":\"Shop.NoStock\",\"message\":\"none\"}]");

    places.addLog(target, crash(7), new PreviousLog(List.of("bye"), true), Optional.of(exception));
    places.addLog(target, crash(7), new PreviousLog(List.of("other"), true), Optional.empty());
    places.addLog(target, crash(8), new PreviousLog(List.of("x"), true), Optional.empty());

    assertThat(reportMetadata(blob))
        .containsEntry("logged", "true")
        .containsEntry("exceptionsource", "PreviousLog")
        .containsEntry("exception", "Shop.NoStock: none");
    JsonNode report =
        new JsonMapper()
            .readTree(
                container.getBlobClient(BlobLayout.reportOf(blob)).downloadContent().toBytes());
    assertThat(report.at("/previousLog/lines/0").asText()).isEqualTo("bye");
  }
}
