package io.crashmonitor.sidecar.session;

/**
 * Whether the volume has room for a dump. Below the least it is low; it is well again only two
 * percent above, so that it does not flicker at the limit.
 *
 * @param leastPercent least free part
 * @param low as found the last time
 */
public record DiskGuard(int leastPercent, boolean low) {
  private static final int MARGIN_PERCENT = 2;

  /** The guard after a look at the volume; a volume of unknown size is taken as well. */
  public DiskGuard seen(long freeBytes, long totalBytes) {
    if (totalBytes <= 0) {
      return new DiskGuard(leastPercent, false);
    }
    double percent = 100.0 * freeBytes / totalBytes;
    return new DiskGuard(leastPercent, percent < leastPercent + (low ? MARGIN_PERCENT : 0));
  }
}
