package io.crashmonitor.sidecar.operator;

import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Optional;

/** The header Retry-After in seconds (RFC 9110 §10.2.3); its other form, a date, is not used. */
public final class RetryAfter {
  private static final long MOST_SECONDS = 600;

  private RetryAfter() {}

  /** The wait asked for, at most ten minutes; empty without one. */
  public static Optional<Duration> of(HttpResponse<?> response) {
    return response.headers().firstValue("Retry-After").flatMap(RetryAfter::parse);
  }

  static Optional<Duration> parse(String value) {
    try {
      long seconds = Long.parseLong(value.strip());
      return seconds < 0
          ? Optional.empty()
          : Optional.of(Duration.ofSeconds(Math.min(MOST_SECONDS, seconds)));
    } catch (NumberFormatException aDate) {
      return Optional.empty();
    }
  }
}
