package io.crashmonitor.operator.session;

import static java.util.Comparator.reverseOrder;
import static org.assertj.core.api.Assertions.assertThat;

import io.crashmonitor.api.Completion;
import io.crashmonitor.api.CompletionReason;
import io.crashmonitor.api.ConditionTypes;
import io.crashmonitor.api.CrashMonitorSessionStatus;
import io.crashmonitor.api.Names;
import io.crashmonitor.api.Phase;
import io.crashmonitor.api.Run;
import io.crashmonitor.operator.inject.Termination;
import io.crashmonitor.operator.session.SessionStatusFactory.Written;
import io.crashmonitor.operator.storage.StorageFault;
import io.crashmonitor.report.ExitCode;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What status counts, keeps from turn to turn, and lets go. */
class SessionStatusFactoryTest extends StatusOfScenes {
  @Test
  void aSidecarWithoutItsLabelIsOfTheSessionThatItSpeaksFor() {
    assertThat(Scene.fresh().unlabelled(Scene.UID).situation().injected()).isTrue();
    assertThat(Scene.fresh().unlabelled(Scene.UID).situation().complete())
        .as("the label is put back")
        .isFalse();
    assertThat(Scene.fresh().unlabelled("another-session").situation().injected()).isFalse();
  }

  @Test
  void theRunsOfTheLastDayAreRememberedNewestFirst() {
    Scene scene = Scene.monitoring().remember();
    Run first = scene.situation().run();
    for (int minutes = 10; minutes < 60; minutes += 10) {
      Instant asked = Scene.CREATED.plus(Duration.ofMinutes(minutes));
      scene.annotate(Names.RUN_REQUESTED_AT, asked).at(Duration.ofMinutes(minutes + 1)).remember();
    }

    List<Run> earlier = scene.status().earlierRuns();

    assertThat(earlier).hasSize(3).extracting(Run::startTime).isSortedAccordingTo(reverseOrder());
    assertThat(earlier).doesNotContain(first).doesNotContain(scene.situation().run());
    assertThat(scene.at(Duration.ofHours(26)).status().earlierRuns())
        .as("no dump of theirs can come any more")
        .isEmpty();
  }

  @Test
  void anotherStorageThatWasNeverReadShowsNothingOfTheOneBefore() {
    Scene scene = Scene.monitoring("maxDumps: 2").dumps(2).remember();
    assertThat(scene.status().phase()).isEqualTo(Phase.Completed);

    Scene moved =
        scene
            .respec("maxDumps: 2")
            .storageContainer("elsewhere")
            .noDumps()
            .fault(new StorageFault.Unreachable("no answer"));

    assertThat(moved.status().dumpCount()).isZero();
    assertThat(moved.status().recentCrashes()).isEmpty();
    assertThat(moved.status().completion()).isNull();
    assertThat(moved.remember().status().storage()).isEqualTo("shopdumps/elsewhere/");
  }

  @Test
  void whatWasReadAtThePlaceBeforeTellsNothingOfAnother() {
    Scene scene = Scene.monitoring("maxDumps: 3").dumps(2).remember();

    Scene moved =
        scene.respec("maxDumps: 2").storageContainer("elsewhere").readAt("shopdumps/crash-dumps/");

    assertThat(moved.status())
        .returns("shopdumps/elsewhere/", CrashMonitorSessionStatus::storage)
        .returns(0, CrashMonitorSessionStatus::dumpCount)
        .returns(List.of(), CrashMonitorSessionStatus::recentCrashes)
        .returns(null, CrashMonitorSessionStatus::completion);
    moved.remember().noDumps().readAt("shopdumps/elsewhere/");
    assertThat(moved.fault(new StorageFault.Unreachable("no answer")).status().dumpCount())
        .as("nor when the first reading of the other fails")
        .isZero();
  }

  @Test
  void anAccountOfTheSameNameInAnotherCloudIsAnotherPlace() {
    Scene scene = Scene.monitoring().dumps(2).remember();
    assertThat(scene.status().storage()).isEqualTo("shopdumps/crash-dumps/");

    Scene moved = scene.cloud("China").storageUnread();

    assertThat(moved.status())
        .returns("shopdumps/crash-dumps/ (China)", CrashMonitorSessionStatus::storage)
        .returns(0, CrashMonitorSessionStatus::dumpCount);
  }

  @Test
  void whatStorageToldIsKeptWhileItIsAway() {
    Scene scene = Scene.monitoring().dumps(2).remember();
    CrashMonitorSessionStatus away =
        scene.noDumps().fault(new StorageFault.Unreachable("no answer")).status();
    assertThat(away.dumpCount()).isEqualTo(2);
    assertThat(away.exitCodeGroups())
        .isEqualTo(scene.situation().previous().orElseThrow().exitCodeGroups());
    assertThat(away.recentCrashes()).hasSize(2);

    scene.storageUnread();
    assertThat(scene.status().dumpCount()).isEqualTo(2);
  }

  @Test
  void anotherRunBeginsAtNothing() {
    Scene scene =
        Scene.monitoring()
            .dumps(3)
            .remember()
            .at(Duration.ofMinutes(10))
            .annotate(Names.RUN_REQUESTED_AT, at(600));
    CrashMonitorSessionStatus status = scene.status();
    assertThat(status.dumpCount()).isZero();
    assertThat(status.completion()).isNull();
    assertThat(status.run().startTime()).isEqualTo(at(600));
    assertThat(status.run().id())
        .isNotEqualTo(scene.situation().previous().orElseThrow().run().id());
  }

  @Test
  void aCompletionKeepsItsReasonAndTime() {
    Scene scene = Scene.monitoring().dumps(3).remember();
    Completion first = scene.status().completion();
    scene.annotate(Names.STOP_REQUESTED_AT, at(130)).at(Duration.ofMinutes(50));
    assertThat(scene.status().completion()).isEqualTo(first);
    assertThat(scene.noDumps().status().completion())
        .isEqualTo(new Completion(CompletionReason.Stopped, at(130)));
  }

  @Test
  void aRunFullOfAnalysesStaysFullWhileStorageIsUnread() {
    Scene scene = Scene.monitoring("dump: {type: None}").analysed(3).remember();
    Completion first = scene.status().completion();
    assertThat(first.reason()).isEqualTo(CompletionReason.MaxDumpsReached);
    assertThat(condition(scene.status(), ConditionTypes.READY).getMessage())
        .startsWith("All 3 analyses are in storage.");

    scene.storageUnread().at(Duration.ofMinutes(9));
    assertThat(scene.status().completion()).isEqualTo(first);
  }

  @Test
  void anotherRunDoesNotInheritThePlacesOfTheOneBefore() {
    Scene scene = Scene.monitoring("dump: {type: None}").analysed(3).remember();
    scene
        .readFor(scene.situation().run().id())
        .at(Duration.ofMinutes(10))
        .annotate(Names.RUN_REQUESTED_AT, at(600));
    assertThat(scene.status().completion()).isNull();
  }

  @Test
  void anExtendedStopTimeLetsTheRunGoOn() {
    Scene scene = Scene.monitoring("duration: 1h").at(Duration.ofHours(2)).remember();
    assertThat(scene.status().completion()).isNotNull();
    assertThat(scene.respec("duration: 3h").status().completion()).isNull();
  }

  @Test
  void healsAreCountedAndForgottenAfterAnHour() {
    Scene scene = Scene.monitoring().at(Duration.ofMinutes(10)).remember(Written.Healed);
    scene.at(Duration.ofMinutes(20)).remember(Written.Healed);
    assertThat(scene.status().injection().heals()).containsExactly(at(600), at(1200));
    assertThat(scene.at(Duration.ofMinutes(75)).status(Written.Healed).injection().heals())
        .containsExactly(at(1200), at(4500));
  }

  @Test
  void troubleIsRememberedSinceItBeganAndForgottenWhenItEnds() {
    Scene scene =
        Scene.monitoring()
            .pod("checkout-1", p -> p.sidecarWaits("CrashLoopBackOff", "back-off"))
            .remember();
    scene.at(Duration.ofSeconds(150)).pod("checkout-1", p -> p.restarted(2, at(148))).remember();
    assertThat(scene.status().injection().troubleSince())
        .as("a moment between two crashes is no recovery")
        .isEqualTo(at(120));
    scene.at(Duration.ofSeconds(185)).remember();
    assertThat(scene.status().injection().troubleSince()).isNull();
  }

  @Test
  void aTerminationIsCountedOnceItsDumpHasNotCome() {
    Scene scene =
        Scene.monitoring()
            .pod(
                "checkout-1",
                p ->
                    p.ended(
                        new Termination(at(80), at(110), new ExitCode(0xC0000005), 0, "Error")));
    assertThat(scene.status().crashCount()).isZero();
    assertThat(WakeUps.next(scene.situation(), scene.plan().standing()))
        .isEqualTo(Duration.ofSeconds(20));
    assertThat(scene.at(Duration.ofSeconds(140)).status().crashCount()).isEqualTo(1);
  }

  @Test
  void aNodeWhoseClockIsAheadHidesNoCrash() {
    Scene scene =
        Scene.monitoring()
            .pod(
                "checkout-1",
                p ->
                    p.ended(
                        new Termination(at(80), at(125), new ExitCode(0xC0000005), 0, "Error")));
    assertThat(WakeUps.next(scene.situation(), scene.plan().standing()))
        .isEqualTo(Duration.ofSeconds(35));
  }

  @Test
  void nothingIsConcludedFromStorageThatIsAway() {
    Scene scene =
        Scene.monitoring()
            .dumps(1)
            .fault(new StorageFault.Unreachable("no answer"))
            .at(Duration.ofMinutes(4))
            .pod(
                "checkout-1",
                p ->
                    p.ended(
                        new Termination(at(80), at(130), new ExitCode(0xC0000005), 0, "Error")));
    assertThat(scene.situation().crashes().orElseThrow().unrecorded()).isEmpty();
    assertThat(scene.status().crashCount()).isEqualTo(1);
  }

  @Test
  void whatCrashesAfterTheEndOfTheRunIsNotCounted() {
    Scene scene =
        Scene.monitoring("state: Stopped")
            .remember()
            .at(Duration.ofMinutes(10))
            .pod(
                "checkout-1",
                p ->
                    p.ended(
                        new Termination(at(80), at(300), new ExitCode(0xC0000005), 0, "Error")));
    assertThat(scene.status().crashCount()).isZero();
  }
}
