package io.crashmonitor.report;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.HexFormat;
import java.util.regex.Pattern;

/**
 * Identifies one crash: the end of one process instance, or a first chance exception that it was
 * dumped for before. Both sides compute it alike from what the dump says, so a retry is a renewal,
 * also by an agent that was restarted.
 *
 * @param value 32 lower-case hexadecimal digits
 */
public record CrashId(String value) {
  private static final Pattern FORM = Pattern.compile("[0-9a-f]{32}");

  /**
   * @throws IllegalArgumentException when the value is not of the form; it may come from a pod
   */
  public CrashId {
    if (!FORM.matcher(value).matches()) {
      throw new IllegalArgumentException("a crash id is 32 hexadecimal digits");
    }
  }

  /** The process instance: its start counts in whole seconds, as a dump knows no finer. */
  public static CrashId of(String podUid, long pid, Instant processStart) {
    return hash(podUid + "|" + pid + "|" + processStart.getEpochSecond());
  }

  /**
   * A first chance exception of a process instance: one for all of them. The dump of its end has
   * another id, and a place of its own: it is the one that everybody waits for.
   */
  public static CrashId ofFirstChance(String podUid, long pid, Instant processStart) {
    return hash(podUid + "|" + pid + "|" + processStart.getEpochSecond() + "|FirstChance");
  }

  /** A container instance that ended without a dump and whose process nobody knew. */
  public static CrashId ofTermination(String podUid, String container, Instant startedAt) {
    return hash(podUid + "|" + container + "|" + startedAt.getEpochSecond());
  }

  private static CrashId hash(String text) {
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
      return new CrashId(HexFormat.of().formatHex(digest, 0, 16));
    } catch (NoSuchAlgorithmException everyJdkHasIt) {
      throw new IllegalStateException(everyJdkHasIt);
    }
  }

  @Override
  public String toString() {
    return value;
  }
}
