package io.crashmonitor.sidecar.session;

import java.util.Optional;

/**
 * Whether the volume has room for one more dump: by its free space, and by the number of dumps that
 * wait for storage. Without the second bound small dumps of an app that crashes all day would fill
 * the volume as far as the disk lets them while storage or operator are away.
 *
 * @param disk free space
 * @param full whether too many dumps wait, as found the last time
 * @param undecided how many of them have no place in storage yet and may want one
 */
public record Room(DiskGuard disk, boolean full, int undecided) {
  /** With so many dumps waiting nothing more is captured. */
  public static final int MOST_WAITING = 100;

  /** The reason that says so. */
  public static final String DUMPS_WAITING = "DumpsWaiting";

  private static final int AGAIN_AT = 90;

  /** A volume that nobody has looked at. */
  public static Room unseen(int leastPercent) {
    return new Room(new DiskGuard(leastPercent, false), false, 0);
  }

  /**
   * The room after a look at the volume.
   *
   * @param waiting dumps in it
   * @param decided those of them that have a place in storage, or will ask for none any more
   */
  public Room seen(long freeBytes, long totalBytes, int waiting, int decided) {
    return new Room(
        disk.seen(freeBytes, totalBytes),
        waiting >= (full ? AGAIN_AT : MOST_WAITING),
        Math.max(0, waiting - decided));
  }

  /** Why there is none, a CamelCase word. */
  public Optional<String> shortage() {
    if (disk.low()) {
      return Optional.of("DiskLow");
    }
    return full ? Optional.of(DUMPS_WAITING) : Optional.empty();
  }
}
