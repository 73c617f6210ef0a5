package io.crashmonitor.api;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Nullable;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/** What a user asks for; the operator never writes it. Absent parts take the documented default. */
@ValidationRule(
    value = "!(has(self.stopTime) && has(self.duration))",
    message = "give either stopTime or duration, not both")
@ValidationRule(
    value = "!has(self.startTime) || !has(self.stopTime) || self.startTime < self.stopTime",
    message = "stopTime must be after startTime")
@ValidationRule(
    value =
        "!has(self.startTime) || !has(self.stopTime) || self.stopTime - self.startTime <="
            + " duration('2232h')",
    message = "stopTime must be at most 93 days after startTime")
@ValidationRule(
    value =
        "!has(self.duration) || (duration(self.duration) > duration('0s') &&"
            + " duration(self.duration) <= duration('2232h'))",
    message = "duration must be more than 0 and at most 2232h (93 days)")
public record CrashMonitorSessionSpec(
    @JsonPropertyDescription(
            "What the session should do. Monitoring: watch during the window. Stopped: take no more"
                + " dumps, leave the workload as it is. Disabled: remove everything of ours from"
                + " the workload (one rollout). Default Monitoring.")
        @Default("Monitoring")
        SessionState state,
    @JsonPropertyDescription("The workload to watch, in this session's namespace.") @Required
        Target target,
    @JsonPropertyDescription("Where dumps and reports go. Cannot change while a run is active.")
        @Required
        Storage storage,
    @JsonPropertyDescription(
            "When monitoring starts (RFC 3339). Default: the creation of the session.")
        @Nullable
        Instant startTime,
    @JsonPropertyDescription(
            "When monitoring ends whatever happened (RFC 3339), at most 93 days after the start."
                + " Default: 15 days after the start. Not together with duration.")
        @Nullable
        Instant stopTime,
    @JsonPropertyDescription(
            "How long monitoring lasts, as hours and minutes such as 360h or 1h30m, at most 2232h"
                + " (93 days). Not together with stopTime.")
        @Nullable
        @Pattern("^([0-9]+h)?([0-9]+m)?$")
        @Size(min = 2, max = 10)
        String duration,
    @JsonPropertyDescription(
            "The run completes when this many dumps are in storage, and resumes when dumps are"
                + " removed or moved. 1 to 100, default 3.")
        @Default("3")
        @Min(1)
        @Max(100)
        Integer maxDumps,
    @JsonPropertyDescription("What ProcDump writes, and when.") @Default("{}") DumpSettings dump,
    @JsonPropertyDescription("How dumps are captured.") @Default("{}") CaptureSettings capture,
    @JsonPropertyDescription("How much of the app's console goes into a crash's report.")
        @Default("{}")
        LogTail logTail) {

  /** The window when neither stopTime nor duration is given, as in the original. */
  public static final Duration DEFAULT_WINDOW = Duration.ofDays(15);

  /** The longest window, as in the original ("three months ahead"). */
  public static final Duration LONGEST_WINDOW = Duration.ofDays(93);

  public CrashMonitorSessionSpec {
    state = state == null ? SessionState.Monitoring : state;
    maxDumps = maxDumps == null ? 3 : maxDumps;
    dump = dump == null ? DumpSettings.DEFAULT : dump;
    capture = capture == null ? CaptureSettings.DEFAULT : capture;
    logTail = logTail == null ? LogTail.DEFAULT : logTail;
  }

  /**
   * {@link #duration} as a value; empty where it is not given. The API server has checked the form.
   */
  public Optional<Duration> windowLength() {
    return duration == null ? Optional.empty() : Optional.of(Durations.parse(duration));
  }
}
