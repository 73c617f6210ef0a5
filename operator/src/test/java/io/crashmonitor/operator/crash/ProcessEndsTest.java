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
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What the agent saw of processes joins what kubelet and storage say. */
class ProcessEndsTest extends CrashScenes {
  @Test
  void anAgentThatHoldsADumpIsWaitedForLonger() {
    AgentState agent =
        new AgentState(AttachPhase.Attached, "", "", at(50), List.of(), List.of(), 1, 0);
    CrashPicture picture =
        CrashJoin.of(evidence(60, List.of(), Map.of("uid-1", agent), pod(termination(0, 12, AV))));

    assertThat(picture.crashes()).isEmpty();
    assertThat(picture.lookAgainAt()).contains(T0.plusSeconds(612));
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

  private static StoredCrash firstChance(int time, int processStart, CrashKind kind) {
    StoredCrash c = crash(time, processStart, ExitCodeSource.Exception, DumpState.Stored, kind);
    return copy(
        c, CrashId.ofFirstChance("uid-1", c.pid(), at(processStart)), c.runId(), c.logged());
  }

  @Test
  void theEndOfAProcessAfterItsFirstChanceDumpIsACrashOfItsOwn() {
    StoredCrash before = firstChance(500, 5, CrashKind.FirstChance);
    AgentState only = agent(new ProcessExit(42, "w.exe", at(5), at(3000), AV.code(), true, 1));
    AgentState another = agent(new ProcessExit(42, "w.exe", at(5), at(3000), AV.code(), true, 2));

    assertThat(
            CrashJoin.of(evidence(3100, List.of(before), Map.of("uid-1", only), pod())).crashes())
        .as("nothing more comes of it")
        .extracting(StoredCrash::id)
        .containsExactly(CrashId.of("uid-1", 42, at(5)), before.id());
    assertThat(
            CrashJoin.of(evidence(3100, List.of(before), Map.of("uid-1", another), pod()))
                .crashes())
        .as("the dump of its end is on its way")
        .containsExactly(before);
  }

  @Test
  void aFirstChanceThatTheProcessDiedOfIsItsCrash() {
    StoredCrash crash = firstChance(500, 5, CrashKind.Crash);
    AgentState agent = agent(new ProcessExit(42, "w.exe", at(5), at(502), CLR.code(), true, 1));

    assertThat(CrashJoin.of(evidence(600, List.of(crash), Map.of("uid-1", agent), pod())).crashes())
        .containsExactly(crash);
  }

  @Test
  void aContainersEndIsThatOfAFirstChanceRightBeforeAndOfNoneLongBefore() {
    StoredCrash before = firstChance(500, 1, CrashKind.FirstChance);

    CrashPicture soon = picture(700, List.of(before), pod(termination(0, 503, CLR)));
    assertThat(soon.crashes())
        .singleElement()
        .returns(before.id(), StoredCrash::id)
        .returns(CrashKind.Crash, StoredCrash::kind);

    CrashPicture late = picture(1700, List.of(before), pod(termination(0, 1500, CLR)));
    assertThat(late.crashes()).hasSize(2).contains(before);
    assertThat(late.joins()).isEmpty();
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

  private static AgentState agent(ProcessExit exit) {
    return new AgentState(
        AttachPhase.WaitingForProcess, "", "", at(20), List.of(), List.of(exit), 0, 0);
  }
}
