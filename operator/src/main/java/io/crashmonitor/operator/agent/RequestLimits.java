package io.crashmonitor.operator.agent;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;

/** So many requests of one pod (or whoever) at once, and so many more as time goes by. */
final class RequestLimits {
  private static final int REMEMBERED = 20_000;

  private record Bucket(double tokens, Instant at) {}

  private final int burst;
  private final Duration refill;
  private final Clock clock;
  private final Map<String, Bucket> buckets =
      new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Bucket> eldest) {
          return size() > REMEMBERED;
        }
      };

  /**
   * @param burst requests at once
   * @param refill until there is one more
   */
  RequestLimits(int burst, Duration refill, Clock clock) {
    this.burst = burst;
    this.refill = refill;
    this.clock = clock;
  }

  synchronized boolean allows(String who) {
    Instant now = clock.instant();
    Bucket before = buckets.getOrDefault(who, new Bucket(burst, now));
    double back = (double) Duration.between(before.at(), now).toMillis() / refill.toMillis();
    double tokens = Math.min(burst, before.tokens() + Math.max(0, back));
    boolean allowed = tokens >= 1;
    buckets.put(who, new Bucket(allowed ? tokens - 1 : tokens, now));
    return allowed;
  }
}
