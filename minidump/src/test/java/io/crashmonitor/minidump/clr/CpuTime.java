package io.crashmonitor.minidump.clr;

import java.lang.management.ManagementFactory;
import java.time.Duration;

/**
 * Time this thread spent computing: what an input costs, however busy the machine is with other
 * things.
 */
public final class CpuTime {
  private final long start = now();

  private CpuTime() {}

  /** Begins to measure. */
  public static CpuTime start() {
    return new CpuTime();
  }

  /** Spent since then. */
  public Duration spent() {
    return Duration.ofNanos(now() - start);
  }

  private static long now() {
    return ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
  }
}
