package io.crashmonitor.testbed.demo;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;

/**
 * What {@code ./try} was asked for.
 *
 * @param once whether to end after completion instead of waiting for Ctrl-C
 * @param limit within which the session must complete
 */
record TryOptions(boolean once, Duration limit) {
  /** Why a command line was not understood. */
  static final class UsageException extends Exception {
    private static final long serialVersionUID = 1L;

    UsageException(String message) {
      super(message);
    }
  }

  /** What {@code ./try --help} prints, which needs no Java for it. */
  static String usage() {
    try (InputStream text = TryOptions.class.getResourceAsStream("usage.txt")) {
      return new String(text.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot read usage.txt", e);
    }
  }

  /**
   * @return empty when only the usage was asked for
   */
  static Optional<TryOptions> parse(String... arguments) throws UsageException {
    boolean once = false;
    Duration limit = Duration.ofMinutes(10);
    for (int i = 0; i < arguments.length; i++) {
      switch (arguments[i]) {
        case "--once" -> once = true;
        case "--help", "-h" -> {
          return Optional.empty();
        }
        case "--limit" -> {
          i++;
          limit = minutes(i < arguments.length ? arguments[i] : "");
        }
        default -> throw new UsageException("unknown option '" + arguments[i] + "'");
      }
    }
    return Optional.of(new TryOptions(once, limit));
  }

  private static Duration minutes(String text) throws UsageException {
    try {
      int minutes = Integer.parseInt(text);
      if (minutes < 1 || minutes > 24 * 60) {
        throw new UsageException("--limit takes 1 to 1440 minutes, not " + minutes);
      }
      return Duration.ofMinutes(minutes);
    } catch (NumberFormatException e) {
      throw new UsageException("--limit takes a number of minutes, not '" + text + "'");
    }
  }
}
