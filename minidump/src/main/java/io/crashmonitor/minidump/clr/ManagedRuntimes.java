package io.crashmonitor.minidump.clr;

import io.crashmonitor.minidump.reader.Minidump;
import java.util.Optional;

/** Finds the managed runtime of a dump. */
public final class ManagedRuntimes {
  private ManagedRuntimes() {}

  /**
   * The runtime, if the process carried one that can be read.
   *
   * @param dump open for as long as the runtime is used
   */
  public static Optional<ManagedRuntime> detect(Minidump dump) {
    return Optional.empty();
  }
}
