package io.crashmonitor.sidecar.session;

import io.crashmonitor.agent.SessionConfiguration;
import io.crashmonitor.api.DumpType;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * The content of {@code control\session.properties}, the agent's word to the helper: UTF-8 lines
 * {@code key=value}. The helper obeys the last one it read even when the agent is gone.
 */
public final class SessionProperties {
  // The helper stays attached only while a dump of so much of the app's commit fits.
  private static final int ALL_MEMORY = 150;
  private static final int STACKS_AND_WHAT_THEY_REFER_TO = 25;

  private SessionProperties() {}

  /**
   * @param configuration empty before the operator's first word
   * @param disarmAt when the helper disarms by itself, by this node's clock
   * @param volumePercent least free part of the volume
   * @throws IllegalArgumentException for a value that is no single line
   */
  public static String text(
      Optional<SessionConfiguration> configuration,
      Arming arming,
      Optional<Instant> disarmAt,
      int volumePercent) {
    StringBuilder text = new StringBuilder();
    line(text, "version", "1");
    line(text, "armed", Boolean.toString(arming.armed()));
    line(text, "disarmedReason", arming.reason());
    line(text, "disarmAt", disarmAt.map(t -> Long.toString(t.toEpochMilli())).orElse(""));
    line(text, "process", configuration.map(SessionConfiguration::process).orElse(""));
    lines(text, "arg.", configuration.map(ProcDumpArguments::of).orElse(List.of()));
    lines(text, "again.", configuration.map(ProcDumpArguments::again).orElse(List.of()));
    line(text, "drain.seconds", Long.toString(GracePeriod.forUploads(configuration).toSeconds()));
    line(
        text,
        "disk.commitPercent",
        Integer.toString(
            configuration.map(c -> commitPercent(c.dump().type())).orElse(ALL_MEMORY)));
    line(text, "disk.volumePercent", Integer.toString(volumePercent));
    return text.toString();
  }

  private static void lines(StringBuilder text, String prefix, List<String> values) {
    for (int i = 0; i < values.size(); i++) {
      line(text, prefix + i, values.get(i));
    }
  }

  private static int commitPercent(DumpType type) {
    return switch (type) {
      // MiniPlus is nearly full for .NET, and what is written where only the analysis is wanted.
      case Full, MiniPlus, None -> ALL_MEMORY;
      case Mini, Triage -> STACKS_AND_WHAT_THEY_REFER_TO;
    };
  }

  private static void line(StringBuilder text, String key, String value) {
    if (value.chars().anyMatch(c -> c < ' ')) {
      throw new IllegalArgumentException(key + " holds a control character");
    }
    text.append(key).append('=').append(value).append('\n');
  }
}
