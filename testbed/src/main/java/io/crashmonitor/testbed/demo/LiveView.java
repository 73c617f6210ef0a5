package io.crashmonitor.testbed.demo;

import io.crashmonitor.testbed.demo.SessionView.Crash;
import java.io.PrintStream;
import java.time.Clock;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Tells what changed between one look at the session and the next, a line each. */
final class LiveView {
  private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("HH:mm:ss");

  private final PrintStream out;
  private final Clock clock;
  private final Map<String, Crash> seen = new HashMap<>();
  private String phase = "";
  private String replicas = "";
  private List<String> problems = List.of();

  LiveView(PrintStream out, Clock clock) {
    this.out = out;
    this.clock = clock;
  }

  void show(SessionView now) {
    String phaseNow =
        now.phase() + (now.completionReason().isEmpty() ? "" : " (" + now.completionReason() + ")");
    if (!now.phase().isEmpty() && !phaseNow.equals(phase)) {
      phase = phaseNow;
      line("phase     " + phase);
    }
    if (!now.problems().equals(problems)) {
      problems = now.problems();
      problems.forEach(problem -> line("problem   " + problem));
    }
    String replicasNow = now.attached() + " of " + now.replicas() + " pods watched";
    if (!replicasNow.equals(replicas) && now.replicas() > 0) {
      replicas = replicasNow;
      line("replicas  " + replicas);
    }
    // The status has them newest first; a reader wants them in the order of their arrival.
    List<Crash> oldestFirst = new ArrayList<>(now.crashes());
    Collections.reverse(oldestFirst);
    oldestFirst.forEach(crash -> show(crash, now));
  }

  private void show(Crash crash, SessionView session) {
    Crash before = seen.put(crash.id(), crash);
    String name =
        session.groups().stream()
            .filter(g -> g.code().equals(crash.code()))
            .map(SessionView.Group::name)
            .findFirst()
            .orElse("");
    if (before == null) {
      line("crash     " + crash.code() + " " + name + " in " + crash.pod());
    }
    boolean explained = !crash.exception().isEmpty() || !crash.topFrame().isEmpty();
    if (explained
        && (before == null
            || !before.exception().equals(crash.exception())
            || !before.topFrame().equals(crash.topFrame()))) {
      line("            " + (crash.exception() + "  at " + crash.topFrame()).strip());
    }
    if (before == null || !before.dump().equals(crash.dump())) {
      line(
          "            dump "
              + crash.dump()
              + (crash.dump().equals("Stored")
                  ? " (" + session.dumpCount() + " in storage now)"
                  : ""));
    }
  }

  private void line(String text) {
    out.println(
        TIME.format(LocalTime.ofInstant(clock.instant(), ZoneId.systemDefault())) + "  " + text);
    out.flush();
  }
}
