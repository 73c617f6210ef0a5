package io.crashmonitor.operator.crash;

import static org.assertj.core.api.Assertions.assertThat;

import io.crashmonitor.api.CrashKind;
import io.crashmonitor.api.CrashSummary;
import io.crashmonitor.api.DumpState;
import io.crashmonitor.api.ExitCodeGroup;
import io.crashmonitor.operator.storage.StoredCrash;
import io.crashmonitor.report.CrashId;
import io.crashmonitor.report.ExceptionSource;
import io.crashmonitor.report.ExitCode;
import io.crashmonitor.report.ExitCodeSource;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ExitCodeGroupsTest {
  private static final Instant T0 = Instant.parse("2026-11-22T08:00:00Z");
  private static final int AV = 0xC0000005;
  private static final int CLR = 0xE0434352;

  @Test
  void crashesAreGroupedByExitCodeTheMostRecentGroupFirst() {
    List<ExitCodeGroup> groups =
        ExitCodeGroups.groups(
            List.of(
                crash(1, AV, DumpState.Stored, "older"),
                crash(9, CLR, DumpState.Stored, ""),
                crash(5, AV, DumpState.None, ""),
                crash(3, AV, DumpState.Stored, "newer")));

    assertThat(groups).extracting(ExitCodeGroup::code).containsExactly("0xE0434352", "0xC0000005");
    assertThat(groups.get(1))
        .isEqualTo(
            new ExitCodeGroup(
                AV,
                "0xC0000005",
                "STATUS_ACCESS_VIOLATION",
                3,
                2,
                at(1),
                at(5),
                "newer",
                ExceptionSource.PreviousLog,
                null));
  }

  @Test
  void noListGrowsPastItsLimit() {
    List<StoredCrash> many = new ArrayList<>();
    for (int i = 0; i < 30; i++) {
      many.add(crash(i, 100 + i, DumpState.None, "x".repeat(1000)));
    }
    assertThat(ExitCodeGroups.groups(many)).hasSize(20);
    assertThat(ExitCodeGroups.groups(many).get(0).exception()).hasSize(256);
    assertThat(ExitCodeGroups.recent(many)).hasSize(20);
    assertThat(ExitCodeGroups.recent(many).get(0).time()).isEqualTo(at(29));
  }

  @Test
  void theDumpOfAProcessThatLivesOnIsShownButIsNoEnd() {
    StoredCrash first = kind(crash(1, AV, DumpState.Stored, ""), CrashKind.FirstChance);
    assertThat(ExitCodeGroups.groups(List.of(first))).isEmpty();
    assertThat(ExitCodeGroups.recent(List.of(first))).hasSize(1);
    assertThat(ExitCodeGroups.dumps(List.of(first))).isEqualTo(1);
  }

  @Test
  void anAnalysisThatIsNotThereIsSaidToBePendingOnlyWhereOneWillCome() {
    List<CrashSummary> recent =
        ExitCodeGroups.recent(
            List.of(crash(3, AV, DumpState.Uploading, ""), crash(2, AV, DumpState.None, "")));
    assertThat(recent).extracting(CrashSummary::topFrame).containsExactly("Analysis Pending", null);
  }

  private static StoredCrash crash(int at, int code, DumpState dump, String exception) {
    return new StoredCrash(
        CrashId.of("uid", at, T0),
        "run",
        "pod",
        "uid",
        "app",
        "app.exe",
        at,
        Optional.of(T0),
        at(at),
        CrashKind.Crash,
        new ExitCode(code),
        ExitCodeSource.AttachHelper,
        dump,
        Optional.empty(),
        exception,
        "",
        "",
        false,
        Optional.empty(),
        exception.isEmpty() ? Optional.empty() : Optional.of(ExceptionSource.PreviousLog),
        false,
        Optional.empty());
  }

  private static StoredCrash kind(StoredCrash c, CrashKind kind) {
    return new StoredCrash(
        c.id(),
        c.runId(),
        c.pod(),
        c.podUid(),
        c.container(),
        c.process(),
        c.pid(),
        c.processStart(),
        c.time(),
        kind,
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
        c.logged(),
        Optional.empty());
  }

  private static Instant at(int seconds) {
    return T0.plusSeconds(seconds);
  }
}
