package io.crashmonitor.testbed.wine;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/**
 * An absolute path on drive C of a container. Equality is Windows': letter case does not count.
 *
 * @param segments the names below {@code C:\}; none for the drive itself
 */
public record WindowsPath(List<String> segments) {

  public WindowsPath {
    segments = List.copyOf(segments);
    for (String segment : segments) {
      if (segment.equals("..") || segment.equals(".") || segment.contains(":")) {
        throw new IllegalArgumentException("Not a plain path on drive C: " + segments);
      }
    }
  }

  /**
   * @param text {@code C:\a\b}, with either kind of slash; a path without a drive is on drive C, as
   *     for the kubelet
   */
  public static WindowsPath of(String text) {
    String slashed = text.replace('\\', '/');
    if (slashed.regionMatches(true, 0, "c:", 0, 2)) {
      slashed = slashed.substring(2);
    }
    if (!slashed.startsWith("/")) {
      throw new IllegalArgumentException("Not an absolute path on drive C: " + text);
    }
    return new WindowsPath(
        Arrays.stream(slashed.split("/")).filter(segment -> !segment.isEmpty()).toList());
  }

  /** Whether this is that path or lies below it. */
  public boolean startsWith(WindowsPath other) {
    return segments.size() >= other.segments.size()
        && new WindowsPath(segments.subList(0, other.segments.size())).equals(other);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof WindowsPath path && path.toString().equalsIgnoreCase(toString());
  }

  @Override
  public int hashCode() {
    return toString().toLowerCase(java.util.Locale.ROOT).hashCode();
  }

  /** As Windows writes it: {@code C:\a\b}. */
  @Override
  public String toString() {
    return segments.stream().collect(Collectors.joining("\\", "C:\\", ""));
  }
}
