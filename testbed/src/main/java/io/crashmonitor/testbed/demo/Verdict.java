package io.crashmonitor.testbed.demo;

import java.util.ArrayList;
import java.util.List;

/** Whether the demonstration ended as it should: pure, so that it can be doubted in a test. */
final class Verdict {
  private Verdict() {}

  /**
   * @param expectedDumps {@code spec.maxDumps}
   * @return what is wrong, in words; nothing when all is well
   */
  static List<String> problems(
      SessionView session, List<StoredDumps.Dump> dumps, int expectedDumps) {
    List<String> problems = new ArrayList<>();
    if (!session.isCompleted()) {
      problems.add("the session is " + session.phase() + ", not Completed");
    } else if (!session.completionReason().equals("MaxDumpsReached")) {
      problems.add("completed by " + session.completionReason() + ", not by MaxDumpsReached");
    }
    if (session.dumpCount() != expectedDumps) {
      problems.add("status counts " + session.dumpCount() + " dumps, not " + expectedDumps);
    }
    if (dumps.size() != expectedDumps) {
      problems.add("storage holds " + dumps.size() + " dumps, not " + expectedDumps);
    }
    dumps.stream()
        .filter(dump -> !dump.valid())
        .forEach(dump -> problems.add(dump.name() + " is not a minidump"));
    if (session.groups().size() < 2) {
      problems.add("crashes of " + session.groups().size() + " exit code, not of two or more");
    }
    return problems;
  }
}
