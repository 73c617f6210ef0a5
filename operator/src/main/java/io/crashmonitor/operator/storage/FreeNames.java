package io.crashmonitor.operator.storage;

import io.crashmonitor.report.BlobLayout;
import java.util.function.IntFunction;
import java.util.function.Predicate;

/** Names of dumps that nothing else has: two crashes of one process can fall into one second. */
final class FreeNames {
  private static final int TRIES = 60;

  private FreeNames() {}

  /**
   * @param name of the dump with so many seconds added
   * @param taken whether a report of this name is there already, from another run
   */
  static String of(Ledger ledger, IntFunction<String> name, Predicate<String> taken) {
    for (int seconds = 0; seconds < TRIES; seconds++) {
      String blob = name.apply(seconds);
      String report = BlobLayout.reportOf(blob);
      if (ledger.entries().stream().noneMatch(e -> e.report().equals(report))
          && ledger.notes().stream().noneMatch(n -> n.report().equals(report))
          && !taken.test(report)) {
        return blob;
      }
    }
    throw new IllegalStateException(
        "no free name within " + TRIES + " seconds of " + name.apply(0));
  }
}
