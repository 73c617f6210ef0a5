package io.crashmonitor.operator.crash;

import io.crashmonitor.api.CrashKind;
import io.crashmonitor.api.CrashMonitorSessionStatus;
import io.crashmonitor.api.CrashSummary;
import io.crashmonitor.api.DumpState;
import io.crashmonitor.api.ExitCodeGroup;
import io.crashmonitor.operator.storage.StoredCrash;
import io.crashmonitor.report.ExitCode;
import java.util.Comparator;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;

/** What status shows of crashes: groups by exit code, and the last ones. Pure. */
public final class ExitCodeGroups {
  /** Instead of the top of the call stack while the analysis is not there. */
  public static final String ANALYSIS_PENDING = "Analysis Pending";

  /** What comes from a pod must not fill the status. */
  private static final int WORDS = 256;

  private static final Comparator<StoredCrash> NEWEST_FIRST =
      Comparator.comparing(StoredCrash::time).reversed().thenComparing(c -> c.id().value());

  private ExitCodeGroups() {}

  /** Whether it is the end of a process; the dump of one that lives on is not. */
  public static boolean isEnd(StoredCrash crash) {
    return crash.kind() != CrashKind.FirstChance;
  }

  /** Groups of ends, the most recent group first. */
  public static List<ExitCodeGroup> groups(List<StoredCrash> crashes) {
    return crashes.stream()
        .filter(ExitCodeGroups::isEnd)
        .collect(Collectors.groupingBy(StoredCrash::exitCode))
        .entrySet()
        .stream()
        .map(e -> group(e.getKey(), e.getValue()))
        .sorted(
            Comparator.comparing(ExitCodeGroup::lastSeen)
                .reversed()
                .thenComparing(ExitCodeGroup::code))
        .limit(CrashMonitorSessionStatus.LIST_LIMIT)
        .toList();
  }

  /** The groups on one line, such as 0xC0000005 (3); null without any. */
  public static String line(List<ExitCodeGroup> groups) {
    return groups.isEmpty()
        ? null
        : groups.stream()
            .map(group -> group.code() + " (" + group.count() + ")")
            .collect(Collectors.joining(", "));
  }

  /** The last crashes, newest first. */
  public static List<CrashSummary> recent(List<StoredCrash> crashes) {
    return crashes.stream()
        .sorted(NEWEST_FIRST)
        .limit(CrashMonitorSessionStatus.LIST_LIMIT)
        .map(ExitCodeGroups::summary)
        .toList();
  }

  /** Dumps in storage. */
  public static int dumps(List<StoredCrash> crashes) {
    return (int) crashes.stream().filter(c -> c.dump() == DumpState.Stored).count();
  }

  private static ExitCodeGroup group(ExitCode code, List<StoredCrash> crashes) {
    List<StoredCrash> newestFirst = crashes.stream().sorted(NEWEST_FIRST).toList();
    return new ExitCodeGroup(
        code.value(),
        code.code(),
        code.name(),
        crashes.size(),
        dumps(crashes),
        newestFirst.get(newestFirst.size() - 1).time(),
        newestFirst.get(0).time(),
        newest(newestFirst, StoredCrash::exception),
        newestFirst.stream()
            .filter(c -> !c.exception().isEmpty())
            .findFirst()
            .flatMap(StoredCrash::exceptionSource)
            .orElse(null),
        newest(newestFirst, StoredCrash::topFrame));
  }

  private static String newest(List<StoredCrash> crashes, Function<StoredCrash, String> part) {
    return crashes.stream()
        .map(part)
        .filter(s -> !s.isEmpty())
        .findFirst()
        .map(ExitCodeGroups::cut)
        .orElse(null);
  }

  private static CrashSummary summary(StoredCrash c) {
    boolean pending =
        !c.analysed() && (c.dump() == DumpState.Uploading || c.dump() == DumpState.Stored);
    return new CrashSummary(
        c.id().value(),
        c.time(),
        c.pod(),
        c.process().isEmpty() ? null : cut(c.process()),
        c.exitCode().code(),
        c.kind(),
        c.dump(),
        c.exception().isEmpty() ? null : cut(c.exception()),
        c.exception().isEmpty() ? null : c.exceptionSource().orElse(null),
        pending ? ANALYSIS_PENDING : c.topFrame().isEmpty() ? null : cut(c.topFrame()),
        c.blob().orElse(null));
  }

  private static String cut(String text) {
    return text.length() <= WORDS ? text : text.substring(0, WORDS - 1) + "…";
  }
}
