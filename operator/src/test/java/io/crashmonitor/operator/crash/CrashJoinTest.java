package io.crashmonitor.operator.crash;

import static org.assertj.core.api.Assertions.assertThat;

import io.crashmonitor.api.CaptureEngine;
import io.crashmonitor.api.CrashKind;
import io.crashmonitor.api.DumpState;
import io.crashmonitor.api.ExitCodeGroup;
import io.crashmonitor.operator.inject.InjectedPod;
import io.crashmonitor.operator.inject.Termination;
import io.crashmonitor.operator.storage.StoredCrash;
import io.crashmonitor.report.CrashId;
import io.crashmonitor.report.ExitCode;
import io.crashmonitor.report.ExitCodeSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What kubelet and storage say of one end is one crash. */
class CrashJoinTest extends CrashScenes {
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
  void theCodeOfAnExceptionGivesWayToThatOfTheContainerAndItsGroupGoes() {
    ExitCode told = new ExitCode(0x80131623);
    StoredCrash dump = dump(10, 0, ExitCodeSource.Exception);
    assertThat(codes(picture(11, List.of(dump), pod()))).containsExactly(AV.code());

    CrashPicture joined = picture(200, List.of(dump), pod(termination(0, 300, told)));

    assertThat(joined.joins())
        .containsExactly(new CrashPicture.Join(dump.id(), told, ExitCodeSource.Kubelet, 0));
    assertThat(codes(joined)).as("one group, under the true code").containsExactly(told.code());
    assertThat(joined.crashes())
        .singleElement()
        .returns(ExitCodeSource.Kubelet, StoredCrash::exitCodeSource);
    assertThat(codes(picture(400, joined.crashes(), pod(termination(0, 300, told)))))
        .containsExactly(told.code());
  }

  @Test
  void aChildsCodeStaysThatOfItsExceptionAndSaysSo() {
    StoredCrash child = dump(40, 30, ExitCodeSource.Exception);

    CrashPicture picture = picture(200, List.of(child), pod(termination(0, 42, new ExitCode(1))));

    assertThat(picture.crashes())
        .singleElement()
        .returns(AV, StoredCrash::exitCode)
        .returns(ExitCodeSource.Exception, StoredCrash::exitCodeSource);
  }

  @Test
  void aChildThatDiedLongBeforeTakesNoCrashOfTheContainerAlong() {
    StoredCrash child = dump(40, 30, ExitCodeSource.Exception);
    ExitCode another = new ExitCode(0xC0000409);

    assertThat(codes(picture(900, List.of(child), pod(termination(0, 800, another)))))
        .containsExactly(another.code(), AV.code());
  }

  private static List<String> codes(CrashPicture picture) {
    return ExitCodeGroups.groups(picture.crashes()).stream().map(ExitCodeGroup::code).toList();
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

  private static StoredCrash logged(StoredCrash c) {
    return copy(c, c.id(), c.runId(), true);
  }

  private static StoredCrash withRun(StoredCrash c, String run) {
    return copy(c, c.id(), run, c.logged());
  }
}
