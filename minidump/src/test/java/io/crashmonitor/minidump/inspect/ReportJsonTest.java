package io.crashmonitor.minidump.inspect;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.crashmonitor.minidump.AnalysisOptions;
import io.crashmonitor.minidump.Corpus;
import io.crashmonitor.minidump.MinidumpAnalyzer;
import io.crashmonitor.minidump.report.CrashReport;
import io.crashmonitor.minidump.synth.DumpBuilder;
import io.crashmonitor.minidump.synth.Samples;
import java.io.IOException;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ReportJsonTest {
  private static final JsonMapper JSON = new JsonMapper();

  @ParameterizedTest
  @ValueSource(strings = {"gen__clr_clr", "gen__nat_5", "minidump-stackwalk__windows-x86"})
  void isWhatABindingLibraryWrites(String dump) throws IOException {
    CrashReport report = MinidumpAnalyzer.analyze(Corpus.dump(dump), AnalysisOptions.defaults());

    assertThat(JSON.readTree(ReportJson.write(report)))
        .isEqualTo(JSON.readTree(JSON.writeValueAsString(report)));
  }

  @Test
  void comesBackAsTheReportItWas() throws IOException {
    CrashReport report =
        MinidumpAnalyzer.analyze(Samples.everything().open(), AnalysisOptions.defaults());

    assertThat(JSON.readValue(ReportJson.write(report), CrashReport.class)).isEqualTo(report);
  }

  @Test
  void textsOfADumpStayTexts() throws IOException {
    String comment = "a\"b\\c\r\n\t\u0001\u007F ü 😀 half \uD83D end";
    byte[] context = DumpBuilder.amd64Context(0x1234, Map.of());

    CrashReport report =
        MinidumpAnalyzer.analyze(
            DumpBuilder.amd64().thread(1, context).comment(comment).open(),
            AnalysisOptions.defaults());
    JsonNode read = JSON.readTree(ReportJson.write(report).getBytes("UTF-8"));

    assertThat(read.at("/exception").isNull()).isTrue();
    assertThat(read.at("/dump/comment").asText()).isEqualTo(report.dump().comment());
    assertThat(report.dump().comment()).contains("a\"b\\c", "😀");
  }
}
