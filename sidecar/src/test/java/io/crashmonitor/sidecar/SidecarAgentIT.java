package io.crashmonitor.sidecar;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.github.luben.zstd.ZstdInputStream;
import io.crashmonitor.agent.AgentProtocol;
import io.crashmonitor.agent.AttachPhase;
import io.crashmonitor.agent.DumpAbandon;
import io.crashmonitor.agent.DumpDecision.AlreadyStored;
import io.crashmonitor.agent.DumpDecision.Refused;
import io.crashmonitor.agent.DumpOffer;
import io.crashmonitor.api.Compression;
import io.crashmonitor.api.CrashKind;
import io.crashmonitor.report.CrashId;
import io.crashmonitor.report.ExitCodeSource;
import io.crashmonitor.sidecar.dump.MinidumpInspector;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Collections;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** What becomes of dumps. */
class SidecarAgentIT extends AgentWithStorage {
  @Test
  void bringsADumpToStorageAndDeletesTheFile() {
    // given
    TestDump dump = TestDump.of(4711, START, UNHANDLED).padded(20_000_000);
    Path file = dump.ready(folder, 4711, START, 1);
    // when
    start(Duration.ofSeconds(55));
    patiently().until(() -> Files.notExists(file));
    // then
    String id = CrashId.of(RunningAgent.POD_UID, 4711, START).value();
    DumpOffer offer = operator.offers.get(0);
    assertThat(offer.crashId()).isEqualTo(id);
    assertThat(offer.runId()).isEqualTo("run-1");
    assertThat(offer.kind()).isEqualTo(CrashKind.Crash);
    assertThat(offer.exceptionCode()).isEqualTo("0xC0000005");
    assertThat(offer.exitCode()).isNull();
    assertThat(offer.osVersion()).isEqualTo("10.0.20348");
    assertThat(offer.analysis().path("exception").path("code").asText()).isEqualTo("0xC0000005");
    assertThat(store.downloaded(id + ".dmp.gz")).isEqualTo(dump.bytes());
    assertThat(store.properties(id + ".dmp.gz").getContentDisposition())
        .isEqualTo("attachment; filename=\"" + id + ".dmp\"");
    assertThat(store.properties(id + ".dmp.gz").getContentType())
        .isEqualTo("application/octet-stream");
    assertThat(operator.completions.get(id).rawLength()).isEqualTo(dump.bytes().length);
    assertThat(folder.resolve("state")).isEmptyDirectory();
  }

  @Test
  void bringsTheDumpOfTheEndThoughTheProcessWasDumpedForAFirstChanceBefore() {
    // given
    String handled = "\n*** procdump64 -ma\n*** First chance exception: E0434352.CLR";
    Path first = TestDump.of(5, START, handled).ready(folder, 5, START, 1);
    Path second = TestDump.of(5, START, UNHANDLED).ready(folder, 5, START, 2);
    // when
    start(Duration.ofSeconds(55));
    patiently().until(() -> Files.notExists(first) && Files.notExists(second));
    // then
    assertThat(operator.completions)
        .containsOnlyKeys(
            CrashId.ofFirstChance(RunningAgent.POD_UID, 5, START).value(),
            CrashId.of(RunningAgent.POD_UID, 5, START).value());
    assertThat(operator.offers)
        .extracting(DumpOffer::kind)
        .contains(CrashKind.FirstChance, CrashKind.Crash);
  }

  @Test
  void storesWithoutCompressionWhereTheSessionSaysSo() {
    // given
    operator.configure(configuration(Compression.None));
    TestDump dump = TestDump.of(5, START, UNHANDLED).padded(9_000_000);
    Path file = dump.ready(folder, 5, START, 1);
    // when
    start(Duration.ofSeconds(55));
    patiently().until(() -> Files.notExists(file));
    // then
    String blob = operator.offers.get(0).crashId() + ".dmp";
    assertThat(store.properties(blob).getContentEncoding()).isNull();
    assertThat(store.stored(blob)).isEqualTo(dump.bytes());
  }

  @Test
  void storesAsZstdWhereTheSessionSaysSo() throws IOException {
    // given
    operator.configure(configuration(Compression.Zstd));
    TestDump dump = TestDump.of(5, START, UNHANDLED).padded(9_000_000);
    Path file = dump.ready(folder, 5, START, 1);
    // when
    start(Duration.ofSeconds(55));
    patiently().until(() -> Files.notExists(file));
    // then
    DumpOffer offer = operator.offers.get(0);
    assumeTrue(offer.compression() == Compression.Zstd, "there is no zstd-jni for this machine");
    String blob = offer.crashId() + ".dmp.zst";
    assertThat(store.properties(blob))
        .returns(null, b -> b.getContentEncoding())
        .returns("attachment; filename=\"" + blob + "\"", b -> b.getContentDisposition());
    byte[] stored = store.stored(blob);
    assertThat(stored).hasSizeLessThan(dump.bytes().length);
    try (InputStream in = new ZstdInputStream(new ByteArrayInputStream(stored))) {
      assertThat(in.readAllBytes()).isEqualTo(dump.bytes());
    }
  }

  @Test
  void deletesADumpThatIsRefused() {
    // given
    operator.decide = offer -> new Refused("BudgetUsed", "3 of 3 dumps are there");
    Path file = TestDump.of(5, START, UNHANDLED).ready(folder, 5, START, 1);
    // when
    start(Duration.ofSeconds(55));
    patiently().until(() -> Files.notExists(file));
    // then
    assertThat(operator.offers).hasSize(1);
    assertThat(operator.completions).isEmpty();
  }

  @Test
  void deletesADumpThatIsInStorageAlready() {
    // given
    operator.decide = offer -> new AlreadyStored("somewhere.dmp");
    Path file = TestDump.of(5, START, UNHANDLED).ready(folder, 5, START, 1);
    // when
    start(Duration.ofSeconds(55));
    patiently().until(() -> Files.notExists(file));
    // then
    assertThat(operator.completions).isEmpty();
  }

  @Test
  void reportsATruncatedDumpAndDeletesIt() throws IOException {
    // given
    operator.decide = offer -> new Refused("Truncated", "");
    byte[] whole = TestDump.of(5, START, UNHANDLED).padded(100_000).bytes();
    Path ready = Files.createDirectories(folder.resolve("dumps/ready"));
    Path file = ready.resolve("5_" + START.toEpochMilli() + "_1.dmp");
    Files.write(file, Arrays.copyOf(whole, whole.length / 2));
    // when
    start(Duration.ofSeconds(55));
    patiently().until(() -> Files.notExists(file));
    // then
    assertThat(operator.offers).hasSize(1);
    assertThat(operator.offers.get(0).truncated()).isTrue();
    assertThat(operator.offers.get(0).exceptionCode()).isEqualTo("0xC0000005");
  }

  @Test
  void neverFollowsALink() throws IOException {
    // given
    Path secret = Files.write(folder.resolve("secret"), TestDump.of(5, START, UNHANDLED).bytes());
    Path ready = Files.createDirectories(folder.resolve("dumps/ready"));
    Path symbolic = ready.resolve("5_" + START.toEpochMilli() + "_1.dmp");
    Files.createSymbolicLink(symbolic, secret);
    Files.createLink(ready.resolve("6_" + START.toEpochMilli() + "_1.dmp"), secret);
    Path honest = TestDump.of(7, START, UNHANDLED).ready(folder, 7, START, 1);
    // when
    start(Duration.ofSeconds(55));
    patiently().until(() -> Files.notExists(honest));
    // then
    assertThat(operator.offers).extracting(DumpOffer::pid).containsOnly(7L);
    assertThat(secret).exists();
  }

  @Test
  void joinsTheExitThatTheHelperSawAndWhatProcDumpSaid() throws IOException {
    // given
    Files.createDirectories(folder.resolve("state"));
    Files.writeString(
        folder.resolve("state/attach.json"),
        """
        {"version":1,"heartbeat":"%s","supervisorPid":9,"phase":"WaitingForProcess","processes":[],
         "exits":[{"pid":5,"name":"Checkout.exe","startTime":"%s","exitTime":"%s",
                   "exitCode":"0xE0434352","attached":true,"dumps":1}],
         "installationType":"Server Core"}\
        """
            .formatted(Instant.now(), START, START.plusSeconds(9)));
    Files.createDirectories(folder.resolve("logs"));
    Files.writeString(
        folder.resolve("logs/procdump.log"),
        """
        [08:01:01] Unhandled: E0434F4D.Contoso.OrderException ("No stock")
        [08:01:01] Dump 1 initiated: C:\\crash-monitor\\dumps\\incoming\\5_%d\\Checkout.exe.dmp
        """
            .formatted(START.toEpochMilli()));
    Path file = TestDump.of(5, START, UNHANDLED).ready(folder, 5, START, 1);
    // when
    start(Duration.ofSeconds(55));
    patiently().until(() -> Files.notExists(file));
    // then
    DumpOffer offer = operator.offers.get(0);
    assertThat(offer.exitCode()).isEqualTo("0xE0434352");
    assertThat(offer.exitCodeSource()).isEqualTo(ExitCodeSource.AttachHelper);
    assertThat(offer.process()).isEqualTo("Checkout.exe");
    assertThat(offer.procdump().managed().path(0).path("message").asText()).isEqualTo("No stock");
    assertThat(offer.procdump().lines()).hasSize(2);
    assertThat(operator.syncs)
        .anyMatch(s -> s.state().phase() == AttachPhase.WaitingForProcess)
        .anyMatch(s -> "Server Core".equals(s.state().installationType()));
  }

  @Test
  void takesADumpOfAContainerThatIsGoneOnceItIsStill() throws IOException {
    // given
    Path left = folder.resolve("dumps/incoming/5_" + START.toEpochMilli());
    Files.createDirectories(left);
    byte[] bytes = TestDump.of(5, START, UNHANDLED).bytes();
    Path file = Files.write(left.resolve("checkout.exe_261122_080100.dmp"), bytes);
    // when
    start(Duration.ofSeconds(55));
    patiently().until(() -> Files.notExists(file));
    patiently().until(() -> Files.notExists(left));
    // then
    assertThat(store.downloaded(operator.offers.get(0).crashId() + ".dmp.gz")).isEqualTo(bytes);
  }

  @Test
  void keepsADumpThatTheOperatorFindsWrongAndStopsOfferingIt() throws Exception {
    // given
    Path file = TestDump.of(5, START, UNHANDLED).ready(folder, 5, START, 1);
    operator.status = path -> path.equals(AgentProtocol.DUMPS) ? 400 : 200;
    RunningAgent agent = start(Duration.ofSeconds(55));
    patiently().until(() -> Collections.frequency(operator.statuses, 400) == 8);
    // when
    Files.createFile(folder.resolve("control/end"));
    // then the pod's end does not wait for it
    agent.ended.get(10, TimeUnit.SECONDS);
    assertThat(Collections.frequency(operator.statuses, 400)).isEqualTo(8);
    assertThat(operator.abandons.values()).extracting(DumpAbandon::reason).containsOnly("Lost");
    assertThat(file).exists();
  }

  @Test
  void offersADumpWithoutTheAnalysisThatTheOperatorFindsWrong() {
    // given
    AtomicInteger offers = new AtomicInteger();
    operator.status =
        path -> path.equals(AgentProtocol.DUMPS) && offers.incrementAndGet() <= 4 ? 400 : 200;
    Path file = TestDump.of(5, START, UNHANDLED).ready(folder, 5, START, 1);
    // when
    start(Duration.ofSeconds(55));
    patiently().until(() -> Files.notExists(file));
    // then
    assertThat(operator.offers).singleElement().returns(false, SidecarAgentIT::isExplained);
    assertThat(store.exists(operator.offers.get(0).crashId() + ".dmp.gz")).isTrue();
  }

  @Test
  void takesThePlaceThatCameFreeWhileTheAnalysisOfARefusedDumpWasMade() {
    // given an analysis that takes longer than the first offer waits for it
    operator.decide =
        offer ->
            isExplained(offer)
                ? store.grant(places.computeIfAbsent(offer.crashId(), id -> id + ".dmp.gz"))
                : new Refused("BudgetUsed", "");
    Path file = TestDump.of(5, START, UNHANDLED).ready(folder, 5, START, 1);
    // when
    start(
        Duration.ofSeconds(55),
        new SlowInspector(new MinidumpInspector(), () -> !operator.offers.isEmpty()));
    patiently().until(() -> Files.notExists(file));
    // then
    assertThat(operator.offers).hasSize(2);
    assertThat(operator.completions).hasSize(1);
    assertThat(store.exists(operator.offers.get(0).crashId() + ".dmp.gz")).isTrue();
  }

  private static boolean isExplained(DumpOffer offer) {
    return offer.analysis() != null && offer.analysis().isObject();
  }

  @Test
  void losesNothingWhileTheOperatorIsAway() {
    // given
    Path file = TestDump.of(5, START, UNHANDLED).ready(folder, 5, START, 1);
    operator.stop();
    start(Duration.ofSeconds(55));
    await().during(Duration.ofSeconds(2)).until(() -> Files.exists(file));
    // when
    operator.start();
    // then
    patiently().until(() -> Files.notExists(file));
    assertThat(store.exists(operator.offers.get(0).crashId() + ".dmp.gz")).isTrue();
  }
}
