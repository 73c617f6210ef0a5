package io.crashmonitor.operator.storage;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.crashmonitor.agent.AgentProtocol;
import io.crashmonitor.api.DumpState;
import io.crashmonitor.report.DumpReport;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ReportMetadataTest {
  private static final int AZURE_LIMIT = 8 * 1024;

  private static DumpReport report(String exception, String topFrame) {
    ObjectNode analysis = AgentProtocol.mapper().createObjectNode();
    analysis.put("signature", "s1");
    analysis.putObject("exception").put("reason", exception);
    analysis
        .putObject("crashingThread")
        .putArray("frames")
        .addObject()
        .put("function", topFrame)
        .put("module", "");
    return ReportEdit.merged(
        Samples.report(7, "d/x.dmp.gz"), withAnalysis(Samples.report(7, "d/x.dmp.gz"), analysis));
  }

  private static DumpReport withAnalysis(DumpReport r, ObjectNode analysis) {
    ObjectNode tree = AgentProtocol.mapper().valueToTree(r);
    tree.set("analysis", analysis);
    return AgentProtocol.mapper().convertValue(tree, DumpReport.class);
  }

  @Test
  void whatStatusNeedsComesBackFromMetadata() {
    DumpReport report = report("Access violation: read of 0x10", "app.exe!crash");

    StoredCrash crash = ReportMetadata.parse(ReportMetadata.of(report)).orElseThrow();

    assertThat(crash.id().value()).isEqualTo(report.crashId());
    assertThat(crash.exitCode().code()).isEqualTo("0xC0000005");
    assertThat(crash.processStart()).contains(report.processStart());
    assertThat(crash.time()).isEqualTo(report.time());
    assertThat(crash.dump()).isEqualTo(DumpState.Uploading);
    assertThat(crash.blob()).contains("d/x.dmp.gz");
    assertThat(crash.exception()).isEqualTo("Access violation: read of 0x10");
    assertThat(crash.topFrame()).isEqualTo("app.exe!crash");
    assertThat(crash.signature()).isEqualTo("s1");
    assertThat(crash.analysed()).isTrue();
    assertThat(crash.restartCount()).isEmpty();
  }

  @Test
  void howLongAttachingTakesComesBackFromMetadata() {
    ObjectNode early = AgentProtocol.mapper().valueToTree(Samples.report(7, null));
    early.put("attachedAfterMillis", 2300);
    DumpReport report = AgentProtocol.mapper().convertValue(early, DumpReport.class);

    assertThat(ReportMetadata.parse(ReportMetadata.of(report)).orElseThrow().attachedAfter())
        .contains(Duration.ofMillis(2300));
    assertThat(
            ReportMetadata.parse(ReportMetadata.of(Samples.report(7, null)))
                .orElseThrow()
                .attachedAfter())
        .isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Größe 日本語 🚀",
        "line\r\nx-ms-meta-dump: Stored",
        "100% %41 %zz %",
        "\u0000\u0001\u007f",
        "  blanks   inside  ",
        "<script>alert(1)</script>",
        "a,b;c=d\"e'f\\g",
      })
  void hostileTextComesBackAsItWasAndIsPrintableAsciiOnTheWay(String text) {
    Map<String, String> metadata = ReportMetadata.of(report(text, text));

    assertThat(metadata.values())
        .allMatch(value -> value.chars().allMatch(c -> c >= 0x20 && c < 0x7F));
    assertThat(ReportMetadata.parse(metadata).orElseThrow().exception()).isEqualTo(text.strip());
  }

  @Test
  void randomTextStaysUnderAzuresLimitAndNeverBreaksACharacter() {
    Random random = new Random(7);
    for (int round = 0; round < 200; round++) {
      int[] points = random.ints(400, 1, 0x1FFFF).filter(c -> c < 0xD800 || c > 0xDFFF).toArray();
      String text = new String(points, 0, points.length);

      Map<String, String> metadata = ReportMetadata.of(report(text, text));

      int size =
          metadata.entrySet().stream()
              .mapToInt(e -> e.getKey().length() + e.getValue().length())
              .sum();
      assertThat(size).isLessThan(AZURE_LIMIT);
      String back = ReportMetadata.parse(metadata).orElseThrow().exception();
      assertThat(text.strip()).startsWith(back);
      assertThat(back).isNotEmpty();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"crashid", "pid", "time", "kind", "exitcode", "dump", "processstart"})
  void metadataThatIsNotOursIsNoCrash(String key) {
    Map<String, String> metadata = new HashMap<>(ReportMetadata.of(report("x", "y")));
    metadata.put(key, "nonsense");

    assertThat(ReportMetadata.parse(metadata)).isEmpty();
  }

  @Test
  void anythingDecodesWithoutComplaint() {
    Random random = new Random(11);
    for (int round = 0; round < 500; round++) {
      StringBuilder text = new StringBuilder();
      random.ints(40, 0x20, 0x100).forEach(c -> text.append((char) (c % 3 == 0 ? '%' : c)));

      assertThat(ReportMetadata.decode(text.toString())).isNotNull();
    }
  }
}
