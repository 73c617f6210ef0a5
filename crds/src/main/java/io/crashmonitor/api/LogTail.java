package io.crashmonitor.api;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;

/** How much of the app's last console output goes into a crash's report. */
public record LogTail(
    @JsonPropertyDescription(
            "Lines of the container's log before it ended, kept in the crash's report; it holds"
                + " whatever the app logs. 0 switches it off. Default 100.")
        @Default("100")
        @Min(0)
        @Max(1000)
        Integer lines) {
  public static final LogTail DEFAULT = new LogTail(null);

  public LogTail {
    lines = lines == null ? 100 : lines;
  }
}
