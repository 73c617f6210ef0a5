package io.crashmonitor.sidecar.dump;

import io.crashmonitor.agent.SessionConfiguration;
import io.crashmonitor.sidecar.dump.DumpFile.Origin;
import java.time.Instant;
import java.util.Optional;

/**
 * Which dumps by the .NET runtime are none the session asked for. Nobody can call the runtime off:
 * it goes on writing at every crash for as long as its pod lives, also when the session has
 * stopped, so what comes then is deleted. Pure.
 */
public final class RuntimeDumps {
  /**
   * The reason with which dumps are still offered: the operator alone knows whether a place has
   * come free, and counts the crash.
   */
  public static final String BUDGET_USED = "BudgetUsed";

  private RuntimeDumps() {}

  /**
   * Why the dump is not wanted; empty when it is, or when it is not by the runtime.
   *
   * @param configuration the last one known; empty before the operator's first word
   * @param disarmedSince when the session stopped wanting dumps, by this node's clock; empty while
   *     it wants them
   * @param stopTime of the run, by this node's clock
   * @param shortage why the volume has no room for more; empty when it has
   */
  public static Optional<String> unwanted(
      DumpFile dump,
      Optional<SessionConfiguration> configuration,
      Optional<Instant> disarmedSince,
      Optional<Instant> stopTime,
      Optional<String> shortage) {
    if (dump.origin() != Origin.RUNTIME) {
      return Optional.empty();
    }
    Instant written = written(dump);
    if (stopTime.filter(stop -> !written.isBefore(stop)).isPresent()) {
      return Optional.of("StopTimeReached");
    }
    return configuration
        .filter(c -> !c.armed() && !BUDGET_USED.equals(c.disarmedReason()))
        .filter(c -> disarmedSince.filter(since -> !written.isBefore(since)).isPresent())
        .map(c -> c.disarmedReason() == null ? "" : c.disarmedReason())
        .or(() -> shortage);
  }

  // Its name says when it was begun, in whole seconds; it cannot have been after the last write.
  private static Instant written(DumpFile dump) {
    Instant named = dump.process().start();
    return named.isAfter(dump.modified()) ? dump.modified() : named;
  }
}
