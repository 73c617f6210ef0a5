package io.crashmonitor.api;

import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The API's form of a length of time: hours and minutes, such as 360h, 10m or 1h30m. */
public final class Durations {
  private static final Pattern FORM = Pattern.compile("(?:([0-9]{1,6})h)?(?:([0-9]{1,8})m)?");

  private Durations() {}

  /**
   * @throws IllegalArgumentException when the text is not of the form, or empty
   */
  public static Duration parse(String text) {
    Matcher m = FORM.matcher(text);
    if (text.isEmpty() || !m.matches()) {
      throw new IllegalArgumentException(
          "'" + text + "' is not a length of time such as 360h, 10m or 1h30m");
    }
    long hours = m.group(1) == null ? 0 : Long.parseLong(m.group(1));
    long minutes = m.group(2) == null ? 0 : Long.parseLong(m.group(2));
    return Duration.ofHours(hours).plusMinutes(minutes);
  }
}
