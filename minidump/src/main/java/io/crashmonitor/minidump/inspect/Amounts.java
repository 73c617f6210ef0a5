package io.crashmonitor.minidump.inspect;

import io.crashmonitor.minidump.report.ProcessFacts;
import io.crashmonitor.minidump.report.SystemFacts;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What was used, and by whom, as short texts; empty where nothing is known. */
final class Amounts {
  private static final int TYPES_SHOWN = 4;

  private Amounts() {}

  static String size(long bytes) {
    if (bytes < 1_000_000) {
      return bytes / 1000 + " kB";
    }
    return bytes < 1_000_000_000L
        ? bytes / 1_000_000 + " MB"
        : String.format(Locale.ROOT, "%.1f GB", bytes / 1e9);
  }

  static String seconds(long millis) {
    return String.format(Locale.ROOT, "%.1f s", millis / 1000.0);
  }

  static String rights(ProcessFacts.Rights rights) {
    return joined(
        rights.account(),
        rights.integrity().isEmpty() ? "" : "integrity " + rights.integrity(),
        switch (rights.administrator()) {
          case "yes" -> "administrator";
          case "no" -> "no administrator";
          default -> "";
        });
  }

  static String memory(ProcessFacts.Resources used) {
    String job =
        used.jobCommit() == 0 && used.jobCommitLimit() == 0
            ? ""
            : "job "
                + size(used.jobCommit())
                + (used.jobCommitLimit() == 0 ? "" : " of " + size(used.jobCommitLimit()))
                + peak(used.jobPeakCommit());
    return joined(
        used.commit() == 0 ? "" : size(used.commit()) + " committed" + peak(used.peakCommit()),
        job);
  }

  private static String peak(long bytes) {
    return bytes == 0 ? "" : " (peak " + size(bytes) + ")";
  }

  static String handles(ProcessFacts.Resources used) {
    if (used.handles() == 0) {
      return "";
    }
    String types =
        used.handleTypes().stream()
            .limit(TYPES_SHOWN)
            .map(type -> type.count() + " " + type.type())
            .collect(Collectors.joining(", "));
    return used.handles() + (types.isEmpty() ? "" : ": " + types + ", …");
  }

  static String cpu(ProcessFacts.Resources used) {
    return used.userSeconds() + used.kernelSeconds() == 0
        ? ""
        : used.userSeconds() + " s user, " + used.kernelSeconds() + " s kernel";
  }

  static String machine(SystemFacts system) {
    SystemFacts.Memory memory = system.memory();
    return joined(
        system.processors() == 0
            ? ""
            : system.processors() + (system.processors() == 1 ? " processor" : " processors"),
        memory.available() == 0
            ? ""
            : size(memory.available()) + " of " + size(memory.physical()) + " RAM available",
        memory.commitLimit() == 0
            ? ""
            : size(memory.commit()) + " of " + size(memory.commitLimit()) + " committed");
  }

  private static String joined(String... parts) {
    return Stream.of(parts).filter(part -> !part.isEmpty()).collect(Collectors.joining(", "));
  }
}
