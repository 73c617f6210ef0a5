package io.crashmonitor.testbed.node;

import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * What {@code kubectl logs} asks of a kubelet.
 *
 * @param previous the run before the present one
 * @param tailLines only so many lines from the end
 * @param limitBytes at most so many bytes
 */
record LogQuery(
    boolean previous, boolean follow, Optional<Integer> tailLines, Optional<Long> limitBytes) {

  /**
   * @param query of the URL, undecoded; null for none
   * @throws NumberFormatException for a number that is none
   */
  static LogQuery parse(String query) {
    Map<String, String> values =
        Arrays.stream(query == null ? new String[0] : query.split("&"))
            .map(pair -> pair.split("=", 2))
            .filter(pair -> pair.length == 2)
            .collect(Collectors.toMap(pair -> pair[0], pair -> pair[1], (a, b) -> b));
    return new LogQuery(
        Boolean.parseBoolean(values.get("previous")),
        Boolean.parseBoolean(values.get("follow")),
        Optional.ofNullable(values.get("tailLines")).map(Integer::valueOf),
        Optional.ofNullable(values.get("limitBytes")).map(Long::valueOf));
  }

  /** The part of a log that is asked for. */
  byte[] select(byte[] log) {
    int from = tailLines.map(lines -> startOfLast(log, lines)).orElse(0);
    long length = Math.min(log.length - from, limitBytes.orElse(Long.MAX_VALUE));
    return Arrays.copyOfRange(log, from, from + (int) length);
  }

  private static int startOfLast(byte[] log, int lines) {
    int end = log.length > 0 && log[log.length - 1] == '\n' ? log.length - 1 : log.length;
    int left = lines;
    for (int at = end - 1; at >= 0; at--) {
      if (log[at] == '\n' && --left == 0) {
        return at + 1;
      }
    }
    return lines == 0 ? log.length : 0;
  }
}
