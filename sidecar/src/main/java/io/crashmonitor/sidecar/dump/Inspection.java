package io.crashmonitor.sidecar.dump;

/** What a look into a file found. */
public sealed interface Inspection {
  /** What it says of itself. */
  default DumpFacts facts() {
    return DumpFacts.NONE;
  }

  /** A dump, with all it says it has. */
  record Whole(DumpFacts facts) implements Inspection {}

  /** A dump that lacks something, and what can be read of it. */
  record Truncated(DumpFacts facts, String why) implements Inspection {}

  /** No dump, and never will be one. */
  record NoDump(String why) implements Inspection {}
}
