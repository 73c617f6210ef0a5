package io.crashmonitor.sidecar.dump;

import static org.assertj.core.api.Assertions.assertThat;

import io.crashmonitor.agent.AttachPhase;
import io.crashmonitor.agent.DumpOffer;
import io.crashmonitor.agent.ProcessExit;
import io.crashmonitor.agent.WatchedProcess;
import io.crashmonitor.api.Compression;
import io.crashmonitor.api.CrashKind;
import io.crashmonitor.api.DumpType;
import io.crashmonitor.report.CrashId;
import io.crashmonitor.report.ExitCodeSource;
import io.crashmonitor.sidecar.dump.DumpFile.Origin;
import io.crashmonitor.sidecar.supervisor.HelperState;
import io.crashmonitor.sidecar.supervisor.ProcessInstance;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CrashFactsTest {
  private static final Instant START = Instant.parse("2026-11-22T08:00:00.700Z");
  private static final Instant WRITTEN = Instant.parse("2026-11-22T09:30:00Z");
  private static final DumpFile FILE =
      new DumpFile(
          Path.of("5_1795420800700_1.dmp"),
          ProcessInstance.of(5, START),
          Origin.HELPER_MOVED,
          99,
          WRITTEN);
  private static final HelperState LIVING =
      helper(
          List.of(new WatchedProcess(5, "Checkout.exe", START, true, true, START, 9)), List.of());
  private static final HelperState ENDED =
      helper(
          List.of(),
          List.of(new ProcessExit(5, "Checkout.exe", START, START, "0xE0434352", true, 1)));

  @ParameterizedTest
  @CsvSource({
    "Unhandled exception: E0434352.CLR, true, Crash",
    "Unhandled exception: E0434352.CLR, false, Crash",
    "First chance exception: E053534F, true, FirstChance",
    "First chance exception: E053534F, false, FirstChance",
    "Process Termination, false, Crash",
    "'', true, FirstChance",
    "'', false, Crash"
  })
  void tellsACrashFromAFirstChanceOfAProcessThatLivesOn(
      String event, boolean lives, CrashKind kind) {
    String comment = "\n*** procdump64 -ma -e 1 -f Unhandled*\n*** " + event;
    CrashFacts facts = of(comment, lives ? LIVING : HelperState.NONE);
    assertThat(facts.kind()).isEqualTo(kind);
  }

  @ParameterizedTest
  @CsvSource({
    // .NET's stack overflow: the runtime ends the process itself, there is no second chance.
    "0x800703E9, 5, 1, Crash",
    "0xE0434352, 60, 1, Crash",
    "0xE0434352, 61, 1, FirstChance",
    // Its end has a dump of its own.
    "0xE0434352, 5, 2, FirstChance",
    "0x00000000, 5, 1, FirstChance",
    "0xC000013A, 5, 1, FirstChance"
  })
  void aFirstChanceThatTheProcessDiesOfIsTheCrash(
      String exitCode, long secondsLater, int dumps, CrashKind kind) {
    Instant end = WRITTEN.plusSeconds(secondsLater);
    HelperState ended =
        helper(
            List.of(),
            List.of(new ProcessExit(5, "Checkout.exe", START, end, exitCode, true, dumps)));

    CrashFacts facts = of("\n*** First chance exception: E053534F", ended);

    assertThat(facts.kind()).isEqualTo(kind);
    DumpOffer offer = offer(facts);
    assertThat(offer.exitCode()).isEqualTo(kind == CrashKind.Crash ? exitCode : null);
    assertThat(offer.exitCodeSource())
        .isEqualTo(
            kind == CrashKind.Crash ? ExitCodeSource.AttachHelper : ExitCodeSource.Exception);
  }

  @Test
  void givesTheSameIdAsTheOperatorForAnyDumpOfTheProcessesEnd() {
    assertThat(of("", HelperState.NONE).id())
        .isEqualTo(CrashId.of("pod", 5, START.plusMillis(200)))
        .isNotEqualTo(CrashId.of("pod", 6, START))
        .isEqualTo(of("\n*** Unhandled exception: C0000005", LIVING).id());
  }

  @Test
  void givesAFirstChanceAnIdOfItsOwnWhateverBecomesOfTheProcess() {
    String event = "\n*** First chance exception: E0434352.CLR";
    assertThat(of(event, LIVING).id())
        .isEqualTo(CrashId.ofFirstChance("pod", 5, START))
        .isEqualTo(of(event, ENDED).id())
        .isNotEqualTo(of("\n*** Unhandled exception: E0434352.CLR", ENDED).id());
  }

  @Test
  void takesTheExitCodeFromTheHelperAndElseLeavesItOpen() {
    DumpOffer seen = offer(of("", ENDED));
    assertThat(seen.exitCode()).isEqualTo("0xE0434352");
    assertThat(seen.exitCodeSource()).isEqualTo(ExitCodeSource.AttachHelper);
    assertThat(seen.process()).isEqualTo("Checkout.exe");
    DumpOffer unseen = offer(of("", HelperState.NONE));
    assertThat(unseen.exitCode()).isNull();
    assertThat(unseen.exitCodeSource()).isEqualTo(ExitCodeSource.Exception);
    assertThat(unseen.exceptionCode()).isEqualTo("0xC0000005");
    assertThat(unseen.process()).isEqualTo("unknown");
  }

  @Test
  void noticesADumpOfAnotherProcess() {
    assertThat(of("", HelperState.NONE).contradictory()).isFalse();
    assertThat(with(6, START).contradictory()).isTrue();
    assertThat(with(5, START.plusSeconds(1)).contradictory()).isFalse();
    assertThat(with(5, START.plusSeconds(2)).contradictory()).isTrue();
  }

  private static CrashFacts of(String comment, HelperState helper) {
    return CrashFacts.of("pod", FILE, facts(5, START, comment), helper);
  }

  private static CrashFacts with(long pid, Instant start) {
    return CrashFacts.of("pod", FILE, facts(pid, start, ""), HelperState.NONE);
  }

  @Test
  void tellsTheTimeByTheNodesClockAndHowFarThatIsFromTheOperators() {
    CrashFacts facts = of("", ENDED);
    assertThat(offer(facts, Duration.ZERO).clockOffsetMillis()).isNull();
    assertThat(offer(facts, Duration.ofMinutes(-10)))
        .returns(-600_000L, DumpOffer::clockOffsetMillis)
        .returns(offer(facts, Duration.ZERO).crashTime(), DumpOffer::crashTime);
  }

  private static DumpOffer offer(CrashFacts facts) {
    return offer(facts, Duration.ZERO);
  }

  private static DumpOffer offer(CrashFacts facts, Duration clockOffset) {
    return facts.offer(
        "run",
        DumpType.Full,
        Compression.Gzip,
        false,
        Optional.empty(),
        Optional.empty(),
        clockOffset);
  }

  private static DumpFacts facts(long pid, Instant start, String comment) {
    return new DumpFacts(
        OptionalLong.of(pid),
        Optional.of(Instant.ofEpochSecond(start.getEpochSecond())),
        Optional.empty(),
        Optional.empty(),
        Optional.of("0xC0000005"),
        Optional.of(comment),
        Optional.empty());
  }

  @Test
  void takesTheStartOfAProcessFromADumpThatTheRuntimeWrote() {
    DumpFile file = runtime("Check_out.exe_5_1795420860.dmp", 5);
    DumpFacts said = with(OptionalLong.of(5), Optional.of(START));
    CrashFacts facts = CrashFacts.of("pod", file, said, HelperState.NONE);
    assertThat(facts.instance()).isEqualTo(ProcessInstance.of(5, START));
    assertThat(facts.id()).isEqualTo(CrashId.of("pod", 5, START));
    assertThat(facts.process()).isEqualTo("Check_out.exe");
    assertThat(facts.kind()).isEqualTo(CrashKind.Crash);
    assertThat(facts.contradictory()).isFalse();
  }

  @Test
  void staysWithTheNameWhereARuntimesDumpSaysNothingOrIsOfAnotherProcess() {
    DumpFile file = runtime("app.exe_5_1795420860.dmp", 5);
    assertThat(CrashFacts.of("pod", file, DumpFacts.NONE, HelperState.NONE).instance())
        .isEqualTo(new ProcessInstance(5, 1795420860));
    CrashFacts forged =
        CrashFacts.of("pod", file, with(OptionalLong.of(6), Optional.of(START)), HelperState.NONE);
    assertThat(forged.instance()).isEqualTo(new ProcessInstance(5, 1795420860));
    assertThat(forged.contradictory()).isTrue();
  }

  private static DumpFile runtime(String name, long pid) {
    return new DumpFile(
        Path.of(name), new ProcessInstance(pid, 1795420860), Origin.RUNTIME, 9, START);
  }

  private static DumpFacts with(OptionalLong pid, Optional<Instant> start) {
    return new DumpFacts(
        pid,
        start,
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty());
  }

  private static HelperState helper(List<WatchedProcess> processes, List<ProcessExit> exits) {
    return new HelperState(
        true, AttachPhase.Attached, "", "", Optional.of(START), processes, exits, Optional.empty());
  }
}
