package io.crashmonitor.report;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import java.util.List;

/**
 * What the app's container wrote on its console before it ended, as the kubelet kept it. May hold
 * whatever the app logs, personal data too.
 *
 * @param lines the last ones, oldest first, without control characters; none where it wrote nothing
 * @param truncated whether lines before these, or parts of long ones, were left out
 */
@JsonIgnoreProperties(ignoreUnknown = true)
public record PreviousLog(List<String> lines, boolean truncated) {
  public PreviousLog {
    lines = lines == null ? List.of() : List.copyOf(lines);
  }
}
