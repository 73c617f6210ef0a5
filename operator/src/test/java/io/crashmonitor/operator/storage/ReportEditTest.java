package io.crashmonitor.operator.storage;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.crashmonitor.agent.AgentProtocol;
import io.crashmonitor.api.CrashKind;
import io.crashmonitor.api.DumpState;
import io.crashmonitor.report.DumpReport;
import io.crashmonitor.report.ExceptionSource;
import io.crashmonitor.report.ExitCode;
import io.crashmonitor.report.ExitCodeSource;
import io.crashmonitor.report.PreviousLog;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ReportEditTest {
  private static final DumpReport UPLOADING = Samples.report(7, "d/x.dmp.gz");

  private static DumpReport with(String field, String value) {
    ObjectNode tree = AgentProtocol.mapper().valueToTree(UPLOADING);
    tree.put(field, value);
    return AgentProtocol.mapper().convertValue(tree, DumpReport.class);
  }

  private static DumpReport stored() {
    return ReportEdit.stored(
        UPLOADING, "d/x.dmp.gz", 4, Optional.of(9L), Optional.of(Samples.SHA), Optional.empty());
  }

  @Test
  void aStoredDumpStaysStoredWhateverIsSaidLater() {
    assertThat(stored().dump()).isEqualTo(DumpState.Stored);
    assertThat(stored().storedBytes()).isEqualTo(4);
    assertThat(ReportEdit.withoutDump(stored(), DumpState.Lost, "x")).isEqualTo(stored());
    assertThat(ReportEdit.merged(stored(), UPLOADING)).isEqualTo(stored());
  }

  @Test
  void aBetterSourceOfTheExitCodeWinsAndAWorseDoesNot() {
    ExitCode kubelet = new ExitCode(3);

    DumpReport joined = ReportEdit.terminated(UPLOADING, kubelet, ExitCodeSource.Kubelet, 4);
    DumpReport known = with("exitCodeSource", "AttachHelper");

    assertThat(joined.exitCode()).isEqualTo("0x00000003");
    assertThat(joined.restartCount()).isEqualTo(4);
    assertThat(ReportEdit.terminated(known, kubelet, ExitCodeSource.Kubelet, 4).exitCode())
        .isEqualTo("0xC0000005");
    assertThat(ReportEdit.merged(joined, UPLOADING).exitCode()).isEqualTo("0x00000003");
  }

  @Test
  void aProcessThatDiesAfterAFirstChanceDumpIsACrash() {
    DumpReport firstChance = with("kind", CrashKind.FirstChance.name());

    assertThat(ReportEdit.merged(firstChance, UPLOADING).kind()).isEqualTo(CrashKind.Crash);
    assertThat(ReportEdit.merged(UPLOADING, firstChance).kind()).isEqualTo(CrashKind.Crash);
    ExitCode code = new ExitCode(0x800703E9);
    assertThat(ReportEdit.terminated(firstChance, code, ExitCodeSource.Kubelet, 1).kind())
        .isEqualTo(CrashKind.Crash);
  }

  @Test
  void anAnalysisIsNeverLost() {
    ObjectNode analysis = AgentProtocol.mapper().createObjectNode().put("signature", "s");
    ObjectNode tree = AgentProtocol.mapper().valueToTree(UPLOADING);
    tree.set("analysis", analysis);
    DumpReport analysed = AgentProtocol.mapper().convertValue(tree, DumpReport.class);

    assertThat(ReportEdit.merged(UPLOADING, analysed).analysis()).isEqualTo(analysis);
    assertThat(ReportEdit.merged(analysed, UPLOADING).analysis()).isEqualTo(analysis);
  }

  private static JsonNode managed(String type) {
    ArrayNode managed = AgentProtocol.mapper().createArrayNode();
    managed.addObject().put("type", type).put("message", "m");
    return managed;
  }

  private static DumpReport procdump(String type) {
    ObjectNode procdump = AgentProtocol.mapper().createObjectNode();
    procdump.putArray("lines").add("Exception: E0434F4D.CLR");
    return Samples.with("procdump", procdump.set("managed", managed(type)));
  }

  private static DumpReport analysed(String type) {
    return Samples.with(
        "analysis", AgentProtocol.mapper().createObjectNode().set("managed", managed(type)));
  }

  private static final PreviousLog LOG = new PreviousLog(List.of("line"), false);

  @Test
  void theLogsExceptionIsBelievedWhereNobodyElseToldOne() {
    DumpReport logged = ReportEdit.logged(UPLOADING, LOG, Optional.of(managed("Log")));

    assertThat(logged.previousLog()).isEqualTo(LOG);
    assertThat(logged.managed()).isEqualTo(managed("Log"));
    assertThat(logged.exceptionSource()).isEqualTo(ExceptionSource.PreviousLog);
    assertThat(ReportEdit.logged(logged, new PreviousLog(List.of("x"), true), Optional.empty()))
        .as("the first log stays")
        .isEqualTo(logged);
  }

  @Test
  void whateverOrderTheyComeInTheDumpIsBelievedFirstThenProcDumpThenTheLog() {
    DumpReport said = ReportEdit.made(procdump("ProcDump"));
    DumpReport logThenProcdump =
        ReportEdit.merged(
            ReportEdit.logged(UPLOADING, LOG, Optional.of(managed("Log"))), procdump("ProcDump"));
    DumpReport procdumpThenLog = ReportEdit.logged(said, LOG, Optional.of(managed("Log")));

    for (DumpReport report : List.of(said, logThenProcdump, procdumpThenLog)) {
      assertThat(report.exceptionSource()).isEqualTo(ExceptionSource.ProcDump);
      assertThat(report.managed()).isEqualTo(managed("ProcDump"));
      assertThat(report.procdump().lines()).containsExactly("Exception: E0434F4D.CLR");
      assertThat(report.procdump().managed()).as("not told twice").isNull();
      DumpReport dumped = ReportEdit.merged(report, analysed("Dump"));
      assertThat(dumped.exceptionSource()).isEqualTo(ExceptionSource.Dump);
      assertThat(dumped.managed()).as("it is in the analysis").isNull();
      assertThat(AnalysisFacts.of(dumped).exception()).isEqualTo("Dump: m");
      assertThat(AnalysisFacts.of(report).exception()).isEqualTo("ProcDump: m");
    }
    assertThat(ReportEdit.logged(analysed("Dump"), LOG, Optional.of(managed("Log"))).managed())
        .isNull();
  }

  @Test
  void whatProcDumpToldIsKeptWhereTheExitWasRecordedBefore() {
    OneReport store = new OneReport();

    ReportStore.put(store, "r.json", Samples.report(7, DumpState.Lost, null));
    ReportStore.put(store, "r.json", procdump("ProcDump"));

    assertThat(store.report().exceptionSource()).isEqualTo(ExceptionSource.ProcDump);
    assertThat(store.report().managed()).isEqualTo(managed("ProcDump"));
    assertThat(store.report().procdump().managed()).as("not told twice").isNull();
  }

  @Test
  void statusSaysWhereItsExceptionWasRead() {
    DumpReport logged = ReportEdit.logged(UPLOADING, LOG, Optional.of(managed("Log")));

    StoredCrash crash = ReportMetadata.parse(ReportMetadata.of(logged)).orElseThrow();

    assertThat(crash.exception()).isEqualTo("Log: m");
    assertThat(crash.exceptionSource()).contains(ExceptionSource.PreviousLog);
    assertThat(crash.logged()).isTrue();
    assertThat(ReportMetadata.parse(ReportMetadata.of(UPLOADING)).orElseThrow())
        .returns(Optional.empty(), StoredCrash::exceptionSource)
        .returns(false, StoredCrash::logged);
  }

  @Test
  void aDumpThatWillNotComeHasNoBlob() {
    DumpReport lost = ReportEdit.withoutDump(UPLOADING, DumpState.Lost, "gone");

    assertThat(lost.blob()).isNull();
    assertThat(lost.dumpReason()).isEqualTo("gone");
  }

  @Test
  void aDumpOnItsWayTellsUntilWhenAndOneThatIsThereDoesNot() {
    Instant end = Instant.parse("2026-11-22T10:00:00.5Z");

    DumpReport expected = ReportEdit.expected(UPLOADING, end);

    assertThat(expected.dumpReason()).isEqualTo("lost if it is not there by 2026-11-22T10:00:00Z");
    DumpReport stored =
        ReportEdit.stored(expected, "b", 1, Optional.empty(), Optional.empty(), Optional.empty());
    assertThat(stored.dumpReason()).isEmpty();
    assertThat(ReportEdit.expected(stored, end)).isEqualTo(stored);
  }
}
