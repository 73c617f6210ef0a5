package io.crashmonitor.minidump.reader;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/** Windows' times: units of 100 nanoseconds, points in time since 1601. */
final class FileTime {
  private static final Instant EPOCH = Instant.parse("1601-01-01T00:00:00Z");
  private static final long UNITS = 10_000_000L;

  /** The year 10000; what lies beyond is no time of a thread, and no time of RFC 3339. */
  private static final long LATEST = 8400L * 366 * 86_400 * UNITS;

  private FileTime() {}

  /** The point in time, whole milliseconds; empty for 0, which stands for none, and for garbage. */
  static Optional<Instant> instant(long units) {
    boolean sane = units > 0 && units < LATEST;
    return sane ? Optional.of(EPOCH.plus(duration(units))) : Optional.empty();
  }

  /** The length in whole milliseconds; nothing for garbage. */
  static Duration duration(long units) {
    return units > 0 && units < LATEST ? Duration.ofMillis(units / 10_000) : Duration.ZERO;
  }
}
