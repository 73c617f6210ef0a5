package io.crashmonitor.minidump;

import io.crashmonitor.minidump.reader.MiscInfo;
import io.crashmonitor.minidump.reader.ProcessToken;
import io.crashmonitor.minidump.report.ProcessFacts;
import java.util.Optional;
import java.util.OptionalLong;

/** As whom the process ran, from its token and from the integrity level that dumps carry apart. */
final class Rights {
  private static final int LOW = 0x1000;
  private static final int MEDIUM = 0x2000;
  private static final int HIGH = 0x3000;
  private static final int SYSTEM = 0x4000;

  private Rights() {}

  static ProcessFacts.Rights of(Optional<ProcessToken> token, Optional<MiscInfo> misc) {
    OptionalLong ofToken = token.map(ProcessToken::integrity).orElse(OptionalLong.empty());
    OptionalLong ofMisc = misc.map(MiscInfo::integrity).orElse(OptionalLong.empty());
    OptionalLong integrity = ofToken.isPresent() ? ofToken : ofMisc;
    return new ProcessFacts.Rights(
        token.flatMap(ProcessToken::account).orElse(""),
        integrity.isPresent() ? integrity(integrity.getAsLong()) : "",
        token.map(known -> known.administrator() ? "yes" : "no").orElse(""));
  }

  /** Levels in between count as the one below: "medium plus" is medium. */
  private static String integrity(long level) {
    if (level >= SYSTEM) {
      return "system";
    }
    if (level >= HIGH) {
      return "high";
    }
    return level >= MEDIUM ? "medium" : level >= LOW ? "low" : "untrusted";
  }
}
