package io.crashmonitor.sidecar;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.crashmonitor.agent.AttachPhase;
import io.crashmonitor.agent.DumpDecision.AlreadyStored;
import io.crashmonitor.agent.DumpDecision.Refused;
import io.crashmonitor.agent.DumpOffer;
import io.crashmonitor.agent.SessionConfiguration;
import io.crashmonitor.api.CaptureEngine;
import io.crashmonitor.api.Compression;
import io.crashmonitor.api.CrashKind;
import io.crashmonitor.api.DumpSettings;
import io.crashmonitor.report.CrashId;
import io.crashmonitor.report.ExitCodeSource;
import io.crashmonitor.testbed.controlplane.Azurite;
import io.crashmonitor.testbed.controlplane.Provisioned;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The agent against real storage and an operator that is played over real TLS. */
class SidecarAgentIT {
  private static final Instant START = Instant.parse("2026-11-22T08:00:00.250Z");
  private static final String UNHANDLED =
      "\n*** procdump64 -ma -e 1 -f E053534F\n*** Unhandled exception: C0000005.ACCESS_VIOLATION";
  private static Azurite azurite;

  @TempDir Path folder;
  private final Map<String, String> places = new ConcurrentHashMap<>();
  private final List<RunningAgent> agents = new ArrayList<>();
  private BlobStore store;
  private FakeOperator operator;

  @BeforeAll
  static void startStorage(@TempDir Path folder) {
    azurite = Azurite.start(Provisioned.load(), folder, Azurite.Persistence.MEMORY);
  }

  @AfterAll
  static void stopStorage() {
    azurite.close();
  }

  @BeforeEach
  void prepare() {
    store = new BlobStore(azurite, "dumps-" + Long.toHexString(System.nanoTime()));
    operator = new FakeOperator(configuration(Compression.Gzip));
    operator.writeIdentity(folder.resolve("identity"));
    operator.decide =
        offer -> store.grant(places.computeIfAbsent(offer.crashId(), id -> id + ".dmp.gz"));
    operator.confirm = (id, completion) -> store.verdict(places.get(id), completion);
  }

  @AfterEach
  void close() {
    agents.forEach(RunningAgent::close);
    operator.close();
  }

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
  void storesWithoutCompressionWhereTheSessionSaysSo() {
    // given
    operator.configure(configuration(Compression.None));
    TestDump dump = TestDump.of(5, START, UNHANDLED).padded(9_000_000);
    Path file = dump.ready(folder, 5, START, 1);
    // when
    start(Duration.ofSeconds(55));
    patiently().until(() -> Files.notExists(file));
    // then
    String blob = operator.offers.get(0).crashId() + ".dmp.gz";
    assertThat(store.properties(blob).getContentEncoding()).isNull();
    assertThat(store.stored(blob)).isEqualTo(dump.bytes());
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
  void joinsTheExitThatTheHelperSaw() throws IOException {
    // given
    Files.createDirectories(folder.resolve("state"));
    Files.writeString(
        folder.resolve("state/attach.json"),
        """
        {"version":1,"heartbeat":"%s","supervisorPid":9,"phase":"WaitingForProcess","processes":[],
         "exits":[{"pid":5,"name":"Checkout.exe","startTime":"%s","exitTime":"%s",
                   "exitCode":"0xE0434352","attached":true,"dumps":1}]}"""
            .formatted(Instant.now(), START, START.plusSeconds(9)));
    Path file = TestDump.of(5, START, UNHANDLED).ready(folder, 5, START, 1);
    // when
    start(Duration.ofSeconds(55));
    patiently().until(() -> Files.notExists(file));
    // then
    DumpOffer offer = operator.offers.get(0);
    assertThat(offer.exitCode()).isEqualTo("0xE0434352");
    assertThat(offer.exitCodeSource()).isEqualTo(ExitCodeSource.AttachHelper);
    assertThat(offer.process()).isEqualTo("Checkout.exe");
    assertThat(operator.syncs).anyMatch(s -> s.state().phase() == AttachPhase.WaitingForProcess);
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

  @Test
  void armsWithTheKeptConfigurationWhileTheOperatorIsAway() {
    // given
    Path control = folder.resolve("control/session.properties");
    RunningAgent first = start(Duration.ofSeconds(55));
    patiently().until(() -> Files.exists(control) && read(control).contains("armed=true"));
    first.close();
    operator.stop();
    delete(control);
    // when
    start(Duration.ofSeconds(55));
    // then
    patiently().until(() -> Files.exists(control) && read(control).contains("armed=true"));
    assertThat(read(control))
        .contains("disarmAt=" + Instant.parse("2030-01-01T00:00:00Z").toEpochMilli() + "\n")
        .contains("process=Checkout.exe\n");
  }

  @Test
  void passesAChangeOnToTheHelperAtOnce() {
    // given
    Path control = folder.resolve("control/session.properties");
    start(Duration.ofSeconds(55));
    patiently().until(() -> Files.exists(control) && read(control).contains("armed=true"));
    // when
    operator.configure(disarmed("BudgetUsed"));
    // then
    await()
        .atMost(Duration.ofSeconds(5))
        .until(() -> read(control).contains("armed=false\ndisarmedReason=BudgetUsed\n"));
  }

  @Test
  void takesUpARotatedToken() throws IOException {
    // given
    start(Duration.ofSeconds(55));
    patiently().until(() -> !operator.syncs.isEmpty());
    operator.expectedToken = "pod-token-2";
    operator.configure(disarmed("Stopped"));
    patiently().until(() -> operator.statuses.contains(401));
    // when
    Files.writeString(folder.resolve("identity/token"), "pod-token-2\n");
    Path file = TestDump.of(5, START, UNHANDLED).ready(folder, 5, START, 1);
    // then
    patiently().until(() -> Files.notExists(file));
  }

  @Test
  void waitsForItsIdentity() throws IOException {
    // given
    Path identity = folder.resolve("identity");
    Files.move(identity, folder.resolve("later"));
    start(Duration.ofSeconds(55));
    Path control = folder.resolve("control/session.properties");
    patiently().until(() -> Files.exists(control) && read(control).contains("=Unknown\n"));
    // when
    Files.move(folder.resolve("later"), identity);
    // then
    patiently().until(() -> read(control).contains("armed=true"));
  }

  @Test
  void endsADrainOnceEverythingIsInStorage() throws IOException {
    // given
    Path file = TestDump.of(5, START, UNHANDLED).padded(9_000_000).ready(folder, 5, START, 1);
    Path drain = Files.createDirectories(folder.resolve("control")).resolve("drain");
    Files.writeString(drain, "1\n");
    // when
    RunningAgent agent = start(Duration.ofSeconds(55));
    // then
    patiently().until(agent.ended::isDone);
    assertThat(file).doesNotExist();
    assertThat(drain).doesNotExist();
    assertThat(operator.completions).hasSize(1);
  }

  @Test
  void reportsWhatADrainHadNoTimeForAsLost() throws IOException {
    // given
    operator.status = path -> path.endsWith("/dumps") ? 503 : 200;
    TestDump.of(5, START, UNHANDLED).ready(folder, 5, START, 1);
    Path drain = Files.createDirectories(folder.resolve("control")).resolve("drain");
    Files.writeString(drain, "1\n");
    // when
    RunningAgent agent = start(Duration.ofSeconds(3));
    // then
    patiently().until(agent.ended::isDone);
    assertThat(drain).doesNotExist();
    String id = CrashId.of(RunningAgent.POD_UID, 5, START).value();
    assertThat(operator.abandons.get(id).reason()).isEqualTo("Lost");
  }

  private RunningAgent start(Duration drainLimit) {
    RunningAgent agent = RunningAgent.start(folder, operator.url(), drainLimit);
    agents.add(agent);
    return agent;
  }

  private static SessionConfiguration configuration(Compression compression) {
    return new SessionConfiguration(
        "run-1",
        true,
        "",
        Instant.parse("2030-01-01T00:00:00Z"),
        "Checkout.exe",
        new DumpSettings(null, null, null, null, compression),
        CaptureEngine.ProcDump,
        true);
  }

  private static SessionConfiguration disarmed(String reason) {
    return new SessionConfiguration(
        "run-1", false, reason, null, "", DumpSettings.DEFAULT, CaptureEngine.ProcDump, true);
  }

  private static ConditionFactory patiently() {
    return await().atMost(Duration.ofSeconds(40)).pollInterval(Duration.ofMillis(50));
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      return "";
    }
  }

  private static void delete(Path file) {
    try {
      Files.delete(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
