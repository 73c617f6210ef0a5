package io.crashmonitor.sidecar.dump;

import io.crashmonitor.sidecar.supervisor.HelperState;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/**
 * When a dump may be taken that nobody declared finished: its writer's container is gone, and
 * nothing has been written for a while. One that is whole by then is a dump like any other; one
 * that is not is given more time before it counts as cut off.
 */
public final class Settling {
  private static final Duration STILL = Duration.ofSeconds(5);
  private static final Duration CUT_OFF = Duration.ofSeconds(30);

  /** Nobody tells whether the runtime still writes; it was seen to pause before the memory. */
  private static final Duration CUT_OFF_OF_RUNTIME = Duration.ofMinutes(2);

  private record Sight(long size, Instant modified, Instant since) {}

  private final Predicate<DumpFile> whole;
  private Map<Path, Sight> sights = new HashMap<>();

  /**
   * @param whole whether the file has all it says it has
   */
  public Settling(Predicate<DumpFile> whole) {
    this.whole = whole;
  }

  /** Those of the dumps that may be taken now. */
  public List<DumpFile> settled(List<DumpFile> dumps, HelperState helper, Instant now) {
    Map<Path, Sight> seen = new HashMap<>();
    for (DumpFile dump : dumps) {
      Sight before = sights.get(dump.path());
      boolean same =
          before != null
              && before.size() == dump.size()
              && before.modified().equals(dump.modified());
      seen.put(dump.path(), same ? before : new Sight(dump.size(), dump.modified(), now));
    }
    sights = seen;
    return dumps.stream().filter(dump -> dump.finished() || mayBeTaken(dump, helper, now)).toList();
  }

  private boolean mayBeTaken(DumpFile dump, HelperState helper, Instant now) {
    if (helper.watches(dump.process())) {
      return false;
    }
    Duration still = Duration.between(sights.get(dump.path()).since(), now);
    boolean runtime = dump.origin() == DumpFile.Origin.RUNTIME;
    return still.compareTo(runtime ? CUT_OFF_OF_RUNTIME : CUT_OFF) >= 0
        || (still.compareTo(STILL) >= 0 && whole.test(dump));
  }
}
