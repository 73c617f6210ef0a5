package io.crashmonitor.report;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;

/**
 * What ProcDump wrote on its console about one process. Comes from the app's container, so it is
 * believed for no more than words.
 *
 * @param lines its last ones about the process, oldest first; at most {@value #MOST_LINES} of at
 *     most {@value #LONGEST_LINE} characters, the rest is left out
 * @param managed the managed exception it named, as an array in the shape of the analysis's {@code
 *     managed} with source {@code log}; null when it named none
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
@JsonIgnoreProperties(ignoreUnknown = true)
public record ProcDumpConsole(List<String> lines, JsonNode managed) {
  public static final int MOST_LINES = 40;
  public static final int LONGEST_LINE = 512;

  public ProcDumpConsole {
    lines =
        (lines == null ? List.<String>of() : lines)
            .stream()
                .filter(line -> line != null)
                .limit(MOST_LINES)
                .map(ProcDumpConsole::cut)
                .toList();
  }

  private static String cut(String line) {
    return line.length() <= LONGEST_LINE ? line : line.substring(0, LONGEST_LINE);
  }
}
