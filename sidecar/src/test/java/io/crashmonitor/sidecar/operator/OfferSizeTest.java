package io.crashmonitor.sidecar.operator;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.crashmonitor.agent.AgentProtocol;
import io.crashmonitor.agent.DumpOffer;
import io.crashmonitor.api.Compression;
import io.crashmonitor.api.CrashKind;
import io.crashmonitor.api.DumpType;
import io.crashmonitor.report.ExitCodeSource;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OfferSizeTest {
  private final JsonMapper mapper = AgentProtocol.mapper();

  @Test
  void leavesAnOrdinaryAnalysisAlone() throws JsonProcessingException {
    DumpOffer offer = offer(analysis(10_000, 10_000));
    assertThat(OfferSize.fitting(offer, mapper)).isEqualTo(offer);
  }

  @Test
  void sparesModulesFirstAndOtherThreadsThen() throws JsonProcessingException {
    DumpOffer withoutModules = OfferSize.fitting(offer(analysis(400_000, 400_000)), mapper);
    assertThat(withoutModules.analysis().has("namedModules")).isFalse();
    assertThat(withoutModules.analysis().has("otherThreads")).isTrue();
    DumpOffer withoutThreads = OfferSize.fitting(offer(analysis(400_000, 900_000)), mapper);
    assertThat(withoutThreads.analysis().has("otherThreads")).isFalse();
    assertThat(withoutThreads.analysis().path("signature").asText()).isEqualTo("s");
  }

  @Test
  void goesWithoutAnalysisWhenNothingElseHelps() throws JsonProcessingException {
    ObjectNode analysis = analysis(1, 1).put("crashingThread", "x".repeat(900_000));
    DumpOffer fitting = OfferSize.fitting(offer(analysis), mapper);
    assertThat(fitting.analysis()).isNull();
    assertThat(fitting.crashId()).isEqualTo("id");
  }

  @ParameterizedTest
  @ValueSource(strings = {"Wed, 21 Oct 2026 07:28:00 GMT", "-1", "", "soon"})
  void readsNoWaitFromOtherForms(String header) {
    assertThat(RetryAfter.parse(header)).isEmpty();
  }

  @Test
  void readsAWaitInSecondsUpToTenMinutes() {
    assertThat(RetryAfter.parse(" 30 ")).contains(Duration.ofSeconds(30));
    assertThat(RetryAfter.parse("86400")).contains(Duration.ofMinutes(10));
  }

  private ObjectNode analysis(int modules, int threads) {
    return mapper
        .createObjectNode()
        .put("signature", "s")
        .put("namedModules", "m".repeat(modules))
        .put("otherThreads", "t".repeat(threads));
  }

  private static DumpOffer offer(ObjectNode analysis) {
    return new DumpOffer(
        "id",
        "run",
        5,
        "app.exe",
        Instant.EPOCH,
        Instant.EPOCH,
        CrashKind.Crash,
        null,
        ExitCodeSource.Exception,
        null,
        DumpType.Full,
        1,
        Compression.Gzip,
        false,
        analysis,
        null);
  }
}
