package io.crashmonitor.operator.crash;

import static org.assertj.core.api.Assertions.assertThat;

import io.crashmonitor.agent.AgentState;
import io.crashmonitor.agent.AttachPhase;
import io.crashmonitor.agent.ProcessExit;
import io.crashmonitor.api.CaptureEngine;
import io.crashmonitor.api.CrashKind;
import io.crashmonitor.api.DumpState;
import io.crashmonitor.operator.inject.InjectedPod;
import io.crashmonitor.operator.inject.Termination;
import io.crashmonitor.operator.storage.StoredCrash;
import io.crashmonitor.report.CrashId;
import io.crashmonitor.report.ExitCode;
import io.crashmonitor.report.ExitCodeSource;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CrashJoinTest {
  private static final Instant T0 = Instant.parse("2026-11-22T08:00:00Z");
  private static final ExitCode AV = new ExitCode(0xC0000005);
  private static final ExitCode CLR = new ExitCode(0xE0434352);

  @Test
  void dumpAndTerminationOfOneProcessAreOneCrash() {
    StoredCrash dump = dump(10, 0, ExitCodeSource.Exception);
    CrashPicture picture = picture(200, List.of(dump), pod(termination(0, 12, AV)));

    assertThat(picture.crashes()).hasSize(1);
    assertThat(picture.unrecorded()).isEmpty();
    assertThat(picture.joins())
        .containsExactly(new CrashPicture.Join(dump.id(), AV, ExitCodeSource.Kubelet, 0));
    assertThat(picture.crashes().get(0).restartCount()).contains(0);
  }

  @Test
  void aJoinedCrashIsNotJoinedAgain() {
    StoredCrash joined = Ends.joined(dump(10, 0, ExitCodeSource.Exception), end(0, 12, AV));
    assertThat(picture(200, List.of(joined), pod(termination(0, 12, AV))).joins()).isEmpty();
  }

  @Test
  void aCrashInStorageNamesTheInstanceWhoseLogTellsOfIt() {
    StoredCrash crash = dump(10, 0, ExitCodeSource.Exception);
    Termination end = end(0, 12, AV);

    assertThat(picture(200, List.of(crash), pod(end)).endings())
        .containsExactly(new CrashPicture.Ending(crash.id(), pod(end), end));
    assertThat(picture(200, List.of(), pod(end)).endings())
        .as("nothing to add a log to yet")
        .isEmpty();
    assertThat(picture(200, List.of(withRun(crash, "another")), pod(end)).endings()).isEmpty();
    assertThat(picture(200, List.of(logged(crash)), pod(end)).endings())
        .as("it has its log")
        .isEmpty();
    assertThat(picture(200, List.of(crash), pod(end(20, 40, AV))).endings())
        .as("another instance")
        .isEmpty();
  }

  @Test
  void aTerminationWaitsForItsDump() {
    CrashPicture picture = picture(41, List.of(), pod(termination(0, 12, AV)));

    assertThat(picture.crashes()).isEmpty();
    assertThat(picture.lookAgainAt()).contains(T0.plusSeconds(42));
  }

  @Test
  void aTerminationWithoutDumpIsACrashWithoutDump() {
    CrashPicture picture = picture(42, List.of(), pod(termination(0, 12, AV)));

    assertThat(picture.unrecorded()).hasSize(1);
    StoredCrash crash = picture.crashes().get(0);
    assertThat(crash.dump()).isEqualTo(DumpState.None);
    assertThat(crash.kind()).isEqualTo(CrashKind.CrashedBeforeAttach);
    assertThat(crash.exitCodeSource()).isEqualTo(ExitCodeSource.Kubelet);
    assertThat(crash.id()).isEqualTo(CrashId.ofTermination("uid-1", "app", T0));
  }

  @Test
  void nothingIsRecordedBeforeStorageWasReadAgain() {
    CrashEvidence old = evidence(60, List.of(), Map.of(), pod(termination(0, 12, AV)));
    CrashEvidence readBefore =
        new CrashEvidence(
            old.runId(),
            old.from(),
            old.until(),
            old.stored(),
            old.onlyCounted(),
            at(41),
            old.pods(),
            old.agents(),
            old.now(),
            old.patience());
    assertThat(CrashJoin.of(readBefore).unrecorded()).isEmpty();
    assertThat(CrashJoin.of(readBefore).lookAgainAt()).contains(at(62));
  }

  @Test
  void theDebuggerWasOnWhenItsConditionFellWithTheContainer() {
    InjectedPod pod =
        pod(
            Optional.of(new InjectedPod.Attached(false, "WaitingForProcess", "", at(13))),
            termination(0, 12, AV));
    assertThat(picture(60, List.of(), pod).crashes().get(0).kind()).isEqualTo(CrashKind.Crash);
  }

  @Test
  void whatWasRecordedIsNotRecordedAgain() {
    StoredCrash recorded = picture(60, List.of(), pod(termination(0, 12, AV))).crashes().get(0);
    CrashPicture again = picture(90, List.of(recorded), pod(termination(0, 12, AV)));

    assertThat(again.crashes()).containsExactly(recorded);
    assertThat(again.unrecorded()).isEmpty();
  }

  @Test
  void aDumpThatComesLateTakesThePlaceOfTheRecordWithoutOne() {
    StoredCrash recorded = picture(60, List.of(), pod(termination(0, 12, AV))).crashes().get(0);
    StoredCrash late = dump(10, 0, ExitCodeSource.AttachHelper);

    assertThat(picture(90, List.of(recorded, late), pod(termination(0, 12, AV))).crashes())
        .extracting(StoredCrash::id)
        .containsExactly(late.id());
    assertThat(picture(900, List.of(recorded, late)).crashes())
        .as("also when the pod is gone")
        .extracting(StoredCrash::id)
        .containsExactly(late.id());
  }

  @Test
  void anAgentThatHoldsADumpIsWaitedForLonger() {
    AgentState agent =
        new AgentState(AttachPhase.Attached, "", "", at(50), List.of(), List.of(), 1, 0);
    CrashPicture picture =
        CrashJoin.of(evidence(60, List.of(), Map.of("uid-1", agent), pod(termination(0, 12, AV))));

    assertThat(picture.crashes()).isEmpty();
    assertThat(picture.lookAgainAt()).contains(T0.plusSeconds(612));
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 0xC000013A, 0x40010004})
  void anEndByRequestIsNoCrash(int code) {
    assertThat(picture(200, List.of(), pod(termination(0, 12, new ExitCode(code)))).crashes())
        .isEmpty();
  }

  @Test
  void anEndAfterTheDeletionOfThePodIsNoCrash() {
    InjectedPod deleted =
        new InjectedPod(
            "checkout-1",
            "uid-1",
            "win1",
            "app",
            CaptureEngine.ProcDump,
            "shop:1",
            Optional.empty(),
            T0,
            Optional.of(at(11)),
            false,
            Optional.empty(),
            0,
            List.of(),
            List.of(end(0, 12, AV)),
            Optional.empty());
    assertThat(picture(200, List.of(), deleted).crashes()).isEmpty();
  }

  @Test
  void anEndOutsideTheRunCountsInNone() {
    assertThat(picture(200, List.of(), pod(termination(-500, -400, AV))).crashes()).isEmpty();
  }

  @Test
  void aChildThatCrashedLongBeforeIsAnotherCrash() {
    StoredCrash child = dump(10, 5, ExitCodeSource.AttachHelper);
    CrashPicture picture = picture(700, List.of(child), pod(termination(0, 600, CLR)));

    assertThat(picture.crashes()).hasSize(2);
    assertThat(picture.joins()).isEmpty();
  }

  @Test
  void theWrapperThatEndsWithItsChildIsTheSameCrash() {
    StoredCrash child = dump(590, 30, ExitCodeSource.AttachHelper);
    CrashPicture picture = picture(700, List.of(child), pod(termination(0, 600, new ExitCode(1))));

    assertThat(picture.crashes()).hasSize(1);
    assertThat(picture.crashes().get(0).exitCode()).isEqualTo(AV);
  }

  @Test
  void theNextInstanceKeepsItsOwnCrash() {
    StoredCrash second = dump(15, 13, ExitCodeSource.Exception);
    CrashPicture picture =
        picture(
            200,
            List.of(second),
            pod(termination(0, 12, AV), new Termination(at(13), at(16), AV, 1, "Error")));

    assertThat(picture.crashes()).hasSize(2);
    assertThat(picture.joins())
        .extracting(CrashPicture.Join::crash, CrashPicture.Join::restartCount)
        .containsExactly(org.assertj.core.groups.Tuple.tuple(second.id(), 1));
  }

  @Test
  void anExitThatTheAgentSawWithoutDumpIsACrashOfItsProcess() {
    AgentState agent = agent(new ProcessExit(7, "w.exe", at(1), at(20), AV.code(), true, 0));
    CrashPicture picture = CrashJoin.of(evidence(50, List.of(), Map.of("uid-1", agent), pod()));

    assertThat(picture.unrecorded()).hasSize(1);
    assertThat(picture.crashes().get(0))
        .extracting(StoredCrash::id, StoredCrash::kind, StoredCrash::exitCodeSource)
        .containsExactly(
            CrashId.of("uid-1", 7, at(1)), CrashKind.Crash, ExitCodeSource.AttachHelper);
  }

  @Test
  void anExitUnderTheDebuggerWaitsForItsDump() {
    AgentState agent = agent(new ProcessExit(7, "w.exe", at(1), at(20), AV.code(), true, 0));
    CrashPicture picture = CrashJoin.of(evidence(49, List.of(), Map.of("uid-1", agent), pod()));

    assertThat(picture.crashes()).isEmpty();
    assertThat(picture.unrecorded()).isEmpty();
    assertThat(picture.lookAgainAt()).contains(at(50));
  }

  @Test
  void theTerminationOfAnExitThatWaitsWaitsWithIt() {
    ProcessExit exit = new ProcessExit(7, "w.exe", at(0), at(13), AV.code(), true, 0);
    InjectedPod pod = pod(termination(0, 12, AV));
    CrashPicture early = CrashJoin.of(evidence(42, List.of(), Map.of("uid-1", agent(exit)), pod));
    assertThat(early.crashes()).isEmpty();
    assertThat(early.lookAgainAt()).contains(at(43));

    CrashPicture late = CrashJoin.of(evidence(43, List.of(), Map.of("uid-1", agent(exit)), pod));
    assertThat(late.crashes())
        .singleElement()
        .matches(c -> c.process().equals("w.exe") && c.restartCount().isPresent());
  }

  @Test
  void anExitInAPodThatEndsIsRecordedWhileThePodIsThere() {
    AgentState agent = agent(new ProcessExit(7, "w.exe", at(1), at(20), AV.code(), true, 0));
    InjectedPod ending =
        new InjectedPod(
            "checkout-1",
            "uid-1",
            "win1",
            "app",
            CaptureEngine.ProcDump,
            "shop:1",
            Optional.empty(),
            T0,
            Optional.of(at(24)),
            false,
            Optional.of(T0),
            0,
            List.of(),
            List.of(),
            Optional.empty());
    CrashPicture picture = CrashJoin.of(evidence(25, List.of(), Map.of("uid-1", agent), ending));
    assertThat(picture.unrecorded()).hasSize(1);
  }

  @Test
  void theExitThatTheAgentSawIsTheTerminationOfItsContainer() {
    AgentState agent = agent(new ProcessExit(7, "w.exe", at(0), at(12), AV.code(), false, 0));
    CrashPicture picture =
        CrashJoin.of(evidence(200, List.of(), Map.of("uid-1", agent), pod(termination(0, 12, AV))));

    assertThat(picture.crashes()).hasSize(1);
    assertThat(picture.crashes().get(0).kind()).isEqualTo(CrashKind.CrashedBeforeAttach);
    assertThat(picture.unrecorded().get(0).crash().restartCount()).contains(0);
  }

  @Test
  void anExitWhoseDumpIsOnItsWayIsLeftToTheOffer() {
    AgentState agent = agent(new ProcessExit(7, "w.exe", at(1), at(20), AV.code(), true, 1));
    assertThat(CrashJoin.of(evidence(25, List.of(), Map.of("uid-1", agent), pod())).crashes())
        .isEmpty();
  }

  @Test
  void anUploadWhosePodIsGoneIsLost() {
    StoredCrash uploading =
        crash(10, 0, ExitCodeSource.Exception, DumpState.Uploading, CrashKind.Crash);
    assertThat(picture(500, List.of(uploading)).lost()).isEmpty();
    assertThat(picture(700, List.of(uploading), pod()).lost()).isEmpty();
    assertThat(picture(700, List.of(uploading)).lost()).containsExactly(uploading.id());
  }

  @Test
  void crashesOfEarlierRunsAreLookedAtAndNotCounted() {
    StoredCrash earlier = withRun(dump(10, 0, ExitCodeSource.Exception), "before");
    assertThat(picture(200, List.of(earlier), pod(termination(0, 12, AV))).crashes()).isEmpty();
  }

  /** The same when storage counts these ids and reports nothing of them. */
  private static CrashPicture counting(CrashEvidence e, CrashId... ids) {
    return CrashJoin.of(
        new CrashEvidence(
            e.runId(),
            e.from(),
            e.until(),
            e.stored(),
            Set.of(ids),
            e.storedAt(),
            e.pods(),
            e.agents(),
            e.now(),
            e.patience()));
  }

  @Test
  void whatStorageOnlyCountsCountsOnceThoughThePodStillTellsOfIt() {
    Termination end = end(0, 12, AV);
    AgentState agent = agent(new ProcessExit(7, "w.exe", at(0), at(12), AV.code(), true, 0));
    CrashId process = CrashId.of("uid-1", 7, at(0));
    CrashId container = CrashId.ofTermination("uid-1", "app", at(0));
    CrashEvidence kubelet = evidence(200, List.of(), Map.of(), pod(end));
    CrashEvidence both = evidence(200, List.of(), Map.of("uid-1", agent), pod(end));

    assertThat(counting(kubelet).crashes()).as("not counted yet").hasSize(1);
    assertThat(counting(kubelet, container).crashes()).isEmpty();
    assertThat(counting(both, process).crashes()).as("the container's end is its").isEmpty();
    assertThat(counting(both, container).crashes()).as("the process's end is its").isEmpty();
    assertThat(counting(both, container).unrecorded()).isEmpty();
    assertThat(
            counting(evidence(200, List.of(), Map.of(), pod(end(20, 30, AV))), container).crashes())
        .as("another end counts")
        .hasSize(1);
  }

  private static CrashPicture picture(int now, List<StoredCrash> stored, InjectedPod... pods) {
    return CrashJoin.of(evidence(now, stored, Map.of(), pods));
  }

  private static CrashEvidence evidence(
      int now, List<StoredCrash> stored, Map<String, AgentState> agents, InjectedPod... pods) {
    return new CrashEvidence(
        "run",
        T0.minusSeconds(60),
        at(3600),
        stored,
        Set.of(),
        at(now),
        List.of(pods),
        agents,
        at(now),
        Duration.ofSeconds(30));
  }

  private static InjectedPod pod(Termination... ends) {
    return pod(Optional.empty(), ends);
  }

  private static InjectedPod pod(Optional<InjectedPod.Attached> attached, Termination... ends) {
    return new InjectedPod(
        "checkout-1",
        "uid-1",
        "win1",
        "app",
        CaptureEngine.ProcDump,
        "shop:1",
        Optional.empty(),
        T0,
        Optional.empty(),
        false,
        Optional.of(T0),
        0,
        List.of(),
        List.of(ends),
        attached);
  }

  private static AgentState agent(ProcessExit exit) {
    return new AgentState(
        AttachPhase.WaitingForProcess, "", "", at(20), List.of(), List.of(exit), 0, 0);
  }

  private static Termination termination(int start, int end, ExitCode code) {
    return end(start, end, code);
  }

  private static Termination end(int start, int end, ExitCode code) {
    return new Termination(at(start), at(end), code, 0, "Error");
  }

  private static StoredCrash dump(int time, int processStart, ExitCodeSource source) {
    return crash(time, processStart, source, DumpState.Stored, CrashKind.Crash);
  }

  private static StoredCrash crash(
      int time, int processStart, ExitCodeSource source, DumpState dump, CrashKind kind) {
    return new StoredCrash(
        CrashId.of("uid-1", 42, at(processStart)),
        "run",
        "checkout-1",
        "uid-1",
        "app",
        "app.exe",
        42,
        Optional.of(at(processStart)),
        at(time),
        kind,
        AV,
        source,
        dump,
        Optional.of("x.dmp"),
        "",
        "",
        "",
        true,
        Optional.empty(),
        Optional.empty(),
        false);
  }

  private static StoredCrash logged(StoredCrash c) {
    return copy(c, c.runId(), true);
  }

  private static StoredCrash withRun(StoredCrash c, String run) {
    return copy(c, run, c.logged());
  }

  private static StoredCrash copy(StoredCrash c, String run, boolean logged) {
    return new StoredCrash(
        c.id(),
        run,
        c.pod(),
        c.podUid(),
        c.container(),
        c.process(),
        c.pid(),
        c.processStart(),
        c.time(),
        c.kind(),
        c.exitCode(),
        c.exitCodeSource(),
        c.dump(),
        c.blob(),
        c.exception(),
        c.topFrame(),
        c.signature(),
        c.analysed(),
        c.restartCount(),
        c.exceptionSource(),
        logged);
  }

  private static Instant at(int seconds) {
    return T0.plusSeconds(seconds);
  }
}
