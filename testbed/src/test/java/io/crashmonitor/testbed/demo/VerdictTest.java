package io.crashmonitor.testbed.demo;

import static org.assertj.core.api.Assertions.assertThat;

import io.crashmonitor.testbed.demo.SessionView.Group;
import io.crashmonitor.testbed.demo.StoredDumps.Dump;
import java.util.List;
import org.junit.jupiter.api.Test;

class VerdictTest {
  private static final List<Group> TWO_CODES =
      List.of(new Group("0xC0000005", "", 1, 1), new Group("0xC0000094", "", 1, 1));
  private static final Dump WHOLE = new Dump("a.dmp.gz", 10, 100, true);

  @Test
  void asManyWholeDumpsAsAskedForAndTwoExitCodesAreWell() {
    assertThat(Verdict.problems(session("Completed", "MaxDumpsReached", 2), dumps(2), 2)).isEmpty();
  }

  @Test
  void oneDumpMoreOrLessThanAskedForIsAProblem() {
    assertThat(Verdict.problems(session("Completed", "MaxDumpsReached", 2), dumps(3), 2))
        .containsExactly("storage holds 3 dumps, not 2");
    assertThat(Verdict.problems(session("Completed", "MaxDumpsReached", 1), dumps(2), 2))
        .containsExactly("status counts 1 dumps, not 2");
  }

  @Test
  void anotherEndThanTheMaximumIsAProblem() {
    assertThat(Verdict.problems(session("Completed", "StopTimeReached", 2), dumps(2), 2))
        .containsExactly("completed by StopTimeReached, not by MaxDumpsReached");
    assertThat(Verdict.problems(session("Monitoring", "", 2), dumps(2), 2))
        .containsExactly("the session is Monitoring, not Completed");
  }

  @Test
  void aBrokenDumpIsAProblem() {
    assertThat(
            Verdict.problems(
                session("Completed", "MaxDumpsReached", 2),
                List.of(WHOLE, new Dump("b.dmp", 1, 1, false)),
                2))
        .containsExactly("b.dmp is not a minidump");
  }

  private static SessionView session(String phase, String reason, int dumps) {
    return new SessionView(phase, reason, dumps, dumps, 3, 0, List.of(), TWO_CODES, List.of());
  }

  private static List<Dump> dumps(int count) {
    return java.util.Collections.nCopies(count, WHOLE);
  }
}
