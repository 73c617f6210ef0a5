package io.crashmonitor.operator.storage;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.crashmonitor.agent.AgentProtocol;
import io.crashmonitor.report.DumpReport;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AnalysisFactsTest {
  private static final JsonMapper JSON = AgentProtocol.mapper();

  private static AnalysisFacts facts(String json) throws Exception {
    return AnalysisFacts.of(Samples.with("analysis", JSON.readTree(json.replace('\'', '"'))));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{'crashingThread':{'frames':[{'function':'crash','module':'app.exe'}]}} | app.exe!crash",
        "{'crashingThread':{'frames':[{'function':'','module':'app.exe','offset':'0x10'}]}} | app.exe+0x10",
        "{'crashingThread':{'frames':[{'function':'','module':'','offset':'0x10'}]}} | 0x10",
        "{'crashingThread':{'frames':[{'function':'A.B','module':'A.dll','managed':true}]}} | A.B",
        "{'managed':[{'frames':[{'method':'Shop.Place'}]}],'crashingThread':{'frames':[{'function':'x','module':'y'}]}} | Shop.Place",
        "{'topFrame':'Shop.Place','managed':[{'frames':[{'method':'System.ThrowHelper.Throw'}]}]} | Shop.Place",
        "{'topFrame':'app.exe!f','crashingThread':{'frames':[{'function':'RaiseException','module':'kernelbase.dll'}]}} | app.exe!f",
      })
  void theTopFrameIsTheInnermostThatIsKnown(String json, String topFrame) throws Exception {
    assertThat(facts(json).topFrame()).isEqualTo(topFrame);
  }

  @Test
  void anExceptionReadElsewhereKnowsBetterThanTheNativeStack() throws Exception {
    ObjectNode report =
        JSON.valueToTree(
            Samples.with("analysis", JSON.readTree("{\"topFrame\":\"app.exe+0x10\"}")));
    report.set(
        "managed", JSON.readTree("[{\"type\":\"E\",\"frames\":[{\"method\":\"Shop.Place\"}]}]"));

    assertThat(AnalysisFacts.of(JSON.treeToValue(report, DumpReport.class)).topFrame())
        .isEqualTo("Shop.Place");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{'exception':{'code':'0xC0000005','reason':'Access violation'}} | Access violation",
        "{'exception':{'code':'0xC0000005','reason':''}} | 0xC0000005",
        "{'managed':[{'type':'System.Exception','message':'no'}],'exception':{'reason':'CLR'}} | System.Exception: no",
        "{'managed':[{'type':'System.Exception'}]} | System.Exception",
      })
  void aManagedExceptionSaysMoreThanTheCode(String json, String exception) throws Exception {
    assertThat(facts(json).exception()).isEqualTo(exception);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{}",
        "[]",
        "3",
        "null",
        "{'exception':[],'managed':{},'crashingThread':'x','signature':{}}",
        "{'managed':[3],'crashingThread':{'frames':{'0':1}},'signature':7}",
      })
  void anyOtherShapeIsJustEmpty(String json) throws Exception {
    assertThat(facts(json)).isEqualTo(new AnalysisFacts("", Optional.empty(), "", ""));
  }

  @Test
  void longTextIsCutBetweenCharacters() throws Exception {
    String message = "x".repeat(299) + "🚀🚀";

    String exception = facts("{'exception':{'reason':'" + message + "'}}").exception();

    assertThat(exception).isEqualTo("x".repeat(299));
  }
}
