package io.crashmonitor.operator.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.crashmonitor.agent.AgentProtocol;
import io.crashmonitor.agent.DumpOffer;
import io.crashmonitor.agent.SessionConfiguration;
import io.crashmonitor.api.CaptureEngine;
import io.crashmonitor.api.Compression;
import io.crashmonitor.api.CrashKind;
import io.crashmonitor.api.DumpSettings;
import io.crashmonitor.api.DumpType;
import io.crashmonitor.api.Run;
import io.crashmonitor.operator.storage.Samples;
import io.crashmonitor.operator.storage.StorageTarget;
import io.crashmonitor.report.CrashId;
import io.crashmonitor.report.ExitCodeSource;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OfferPolicyTest {
  private static final Instant START = Instant.parse("2026-11-22T08:00:00.500Z");
  private static final Instant STOP = Instant.parse("2026-11-22T12:00:00Z");
  private static final String POD = "pod-uid";
  private static final Run EARLIER =
      new Run("earlier", Instant.parse("2026-11-22T05:00:00Z"), START);

  private static PublishedSession session() {
    StorageTarget target = Samples.target("shopdumps", "dumps", 1);
    return new PublishedSession(
        target.session(),
        target,
        new SessionConfiguration(
            "r", true, "", STOP, "", DumpSettings.DEFAULT, CaptureEngine.ProcDump, true),
        "Deployment/checkout",
        "app",
        START,
        STOP,
        List.of(EARLIER));
  }

  private static DumpOffer offer() {
    return new DumpOffer(
        CrashId.of(POD, 7, START).value(),
        "r",
        7,
        "app.exe",
        START,
        START.plusSeconds(5),
        CrashKind.Crash,
        "0xC0000005",
        ExitCodeSource.AttachHelper,
        "0xE0434352",
        DumpType.Full,
        1000,
        Compression.Gzip,
        false,
        null,
        "10.0.20348");
  }

  @Test
  void aFirstChanceOfTheSameProcessIsThisPodsToo() throws Exception {
    String id = CrashId.ofFirstChance(POD, 7, START).value();
    OfferPolicy.check(offer("crashId", "'" + id + "'"), POD);
    String another = CrashId.ofFirstChance("other", 7, START).value();
    assertThatThrownBy(() -> OfferPolicy.check(offer("crashId", "'" + another + "'"), POD))
        .hasMessageContaining("crashId");
  }

  private static DumpOffer offer(String field, String json) throws Exception {
    ObjectNode tree = AgentProtocol.mapper().valueToTree(offer());
    tree.set(field, AgentProtocol.mapper().readTree(json.replace('\'', '"')));
    return AgentProtocol.mapper().convertValue(tree, DumpOffer.class);
  }

  @ParameterizedTest
  @CsvSource({
    // crash,                  now,                   closed
    "2026-11-22T08:00:00Z,     2026-11-22T09:00:00Z,  false",
    "2026-11-22T07:59:59Z,     2026-11-22T09:00:00Z,  true",
    "2026-11-22T11:59:59.999Z, 2026-11-22T11:59:59Z,  false",
    "2026-11-22T11:59:59Z,     2026-11-22T12:30:00Z,  false",
    "2026-11-22T11:59:59Z,     2026-11-23T11:59:00Z,  false",
    "2026-11-22T11:59:59Z,     2026-11-23T12:00:01Z,  true",
    "2026-11-22T12:00:00Z,     2026-11-22T12:00:01Z,  true",
  })
  void aCrashCountsWhenItHappenedInsideTheWindowAndIsNotTooOld(
      Instant crash, Instant now, boolean closed) {
    assertThat(OfferPolicy.window(crash, session(), now).isPresent()).isEqualTo(closed);
  }

  /** The present run is of id 0123456789ab. */
  @ParameterizedTest
  @CsvSource(
      nullValues = "null",
      value = {
        // crash,              the agent names, the run it is of
        "2026-11-22T08:00:05Z, 0123456789ab,    0123456789ab",
        "2026-11-22T08:00:05Z, null,            0123456789ab",
        "2026-11-22T08:00:05Z, ../other,        0123456789ab",
        "2026-11-22T07:58:30Z, 0123456789ab,    0123456789ab", // the node's clock is behind
        "2026-11-22T07:58:30Z, null,            earlier",
        "2026-11-22T08:01:30Z, earlier,         0123456789ab", // it has not heard of the run yet
        "2026-11-22T07:50:00Z, 0123456789ab,    earlier", // no clock is so wrong
        "2026-11-22T08:10:00Z, earlier,         0123456789ab",
        "2026-11-22T12:01:00Z, 0123456789ab,    0123456789ab",
        "2026-11-22T12:01:00Z, null,            null",
        "2026-11-22T12:03:00Z, 0123456789ab,    null",
        "2026-11-22T04:00:00Z, earlier,         null",
      })
  void theRunThatTheAgentKnewDecidesWhereTheClocksLeaveADoubt(
      Instant crash, String named, String expected) throws Exception {
    DumpOffer offer = offer("runId", named == null ? "null" : "'" + named + "'");

    assertThat(
            OfferPolicy.run(offer, crash, session().runs(), STOP.plus(Duration.ofHours(1)))
                .map(run -> run.storage().run().id()))
        .isEqualTo(Optional.ofNullable(expected));
  }

  @Test
  void aCrashInTheFutureHappenedNow() {
    Instant now = START;

    assertThat(OfferPolicy.crashTime(offer(), now)).isEqualTo(START.plusSeconds(5));
    assertThat(OfferPolicy.crashTime(offer(), now.minus(Duration.ofHours(1))))
        .isEqualTo(now.minus(Duration.ofHours(1)));
  }

  @ParameterizedTest
  @CsvSource({
    // offset in ms, crash by the node's clock, counts as,             is told as
    ",               2026-11-22T09:00:00Z,      2026-11-22T09:00:00Z, 2026-11-22T09:00:00Z",
    // The node is ten minutes behind, ten ahead.
    "600000,         2026-11-22T07:55:00Z,      2026-11-22T08:05:00Z, 2026-11-22T07:55:00Z",
    "-600000,        2026-11-22T12:05:00Z,      2026-11-22T11:55:00Z, 2026-11-22T12:05:00Z",
    // What the network does to clocks that agree.
    "1999,           2026-11-22T09:00:00Z,      2026-11-22T09:00:00Z, 2026-11-22T09:00:00Z",
    "-1999,          2026-11-22T09:00:00Z,      2026-11-22T09:00:00Z, 2026-11-22T09:00:00Z",
    // Never in the future.
    "7200000,        2026-11-22T11:00:00Z,      2026-11-22T12:00:00Z, 2026-11-22T10:00:00Z",
    "-600000,        2026-11-22T13:00:00Z,      2026-11-22T12:00:00Z, 2026-11-22T12:10:00Z",
    ",               2026-11-22T12:01:00Z,      2026-11-22T12:00:00Z, 2026-11-22T12:01:00Z",
    // No more than a day, whatever a pod says.
    "172800000,      2026-11-21T09:00:00Z,      2026-11-22T09:00:00Z, 2026-11-21T09:00:00Z",
    "9223372036854775807,  2026-11-21T09:00:00Z, 2026-11-22T09:00:00Z, 2026-11-21T09:00:00Z",
    "-9223372036854775808, 2026-11-23T09:00:00Z, 2026-11-22T09:00:00Z, 2026-11-23T09:00:00Z",
  })
  void aCrashOfANodeWithAWrongClockCountsByOurs(
      Long offset, Instant crash, Instant counts, Instant told) throws Exception {
    Instant now = Instant.parse("2026-11-22T12:00:00Z");
    ObjectNode tree = AgentProtocol.mapper().valueToTree(offer());
    tree.put("crashTime", crash.toString()).put("clockOffsetMillis", offset);
    DumpOffer offer = AgentProtocol.mapper().convertValue(tree, DumpOffer.class);

    assertThat(OfferPolicy.countedTime(offer, now)).isEqualTo(counts);
    assertThat(OfferPolicy.crashTime(offer, now)).isEqualTo(told);
  }

  @Test
  void anExitCodeIsBetterThanAnExceptionCodeAndThatBetterThanNone() throws Exception {
    assertThat(OfferPolicy.exitCode(offer(), CaptureEngine.ProcDump).code())
        .isEqualTo("0xC0000005");
    assertThat(OfferPolicy.exitCode(offer("exitCode", "null"), CaptureEngine.ProcDump).code())
        .isEqualTo("0xE0434352");
    ObjectNode neither = AgentProtocol.mapper().valueToTree(offer("exitCode", "null"));
    neither.putNull("exceptionCode");
    DumpOffer coded = AgentProtocol.mapper().convertValue(neither, DumpOffer.class);
    assertThat(OfferPolicy.exitCode(coded, CaptureEngine.ProcDump).code()).isEqualTo("0x00000000");
    assertThat(OfferPolicy.exitCode(coded, CaptureEngine.CreateDump).code())
        .as("what the runtime dumps")
        .isEqualTo("0xE0434352");
  }

  @Test
  void anHonestOfferIsBelieved() {
    OfferPolicy.check(offer(), POD);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "pid          | -1",
        "pid          | 4294967296",
        "process      | null",
        "processStart | null",
        "crashTime    | null",
        "kind         | null",
        "size         | -1",
        "exitCode     | 'zero'",
        "exceptionCode | '0x123456789'",
        "crashId      | '00000000000000000000000000000000'",
        "pid          | 8",
      })
  void anOfferThatCannotBeTrueIsRefused(String field, String json) throws Exception {
    DumpOffer offer = offer(field, json);

    assertThatThrownBy(() -> OfferPolicy.check(offer, POD))
        .isInstanceOfSatisfying(Refusal.class, r -> assertThat(r.status()).isEqualTo(400));
  }

  @Test
  void longTextIsRefused() throws Exception {
    DumpOffer process = offer("process", "'" + "x".repeat(261) + "'");
    DumpOffer os = offer("osVersion", "'" + "x".repeat(129) + "'");

    assertThatThrownBy(() -> OfferPolicy.check(process, POD)).hasMessageContaining("process");
    assertThatThrownBy(() -> OfferPolicy.check(os, POD)).hasMessageContaining("osVersion");
  }
}
