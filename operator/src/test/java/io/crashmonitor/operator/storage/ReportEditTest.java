package io.crashmonitor.operator.storage;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.crashmonitor.agent.AgentProtocol;
import io.crashmonitor.api.CrashKind;
import io.crashmonitor.api.DumpState;
import io.crashmonitor.report.DumpReport;
import io.crashmonitor.report.ExitCode;
import io.crashmonitor.report.ExitCodeSource;
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

  @Test
  void aDumpThatWillNotComeHasNoBlob() {
    DumpReport lost = ReportEdit.withoutDump(UPLOADING, DumpState.Lost, "gone");

    assertThat(lost.blob()).isNull();
    assertThat(lost.dumpReason()).isEqualTo("gone");
  }
}
