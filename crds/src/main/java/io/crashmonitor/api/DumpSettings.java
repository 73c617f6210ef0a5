package io.crashmonitor.api;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Size;
import java.time.Duration;
import java.util.List;

/** What ProcDump writes, and on which events. Typed fields only: no user text reaches a shell. */
public record DumpSettings(
    @JsonPropertyDescription(
            "Full (all memory; may hold secrets and personal data), MiniPlus, Mini, Triage, or None"
                + " to keep the analysis only. Default Full.")
        @Default("Full")
        DumpType type,
    @JsonPropertyDescription(
            "First chance exceptions that are dumped too, as ProcDump filters such as"
                + " C00000FD.STACK_OVERFLOW; * is a wildcard. At most 16. Default: E053534F and"
                + " C00000FD.STACK_OVERFLOW.")
        @Default("[\"E053534F\", \"C00000FD.STACK_OVERFLOW\"]")
        @Size(max = 16)
        List<@Pattern("^[A-Za-z0-9*_][A-Za-z0-9*_.-]{0,127}$") String> firstChance,
    @JsonPropertyDescription(
            "Also dump when the process ends without an exception (ProcDump -t). Ordinary rollouts"
                + " then write dumps too. Default false.")
        @Default("false")
        Boolean onExit,
    @JsonPropertyDescription(
            "Give up a dump that takes longer, as minutes and hours such as 10m. Default 10m.")
        @Default("10m")
        @Pattern("^([0-9]+h)?([0-9]+m)?$")
        @Size(min = 2, max = 10)
        String timeout,
    @JsonPropertyDescription(
            "How dumps are stored: Gzip (downloads arrive as a plain .dmp), Zstd or None. Default"
                + " Gzip.")
        @Default("Gzip")
        Compression compression) {

  /** As the original: full dumps, and the first chance exceptions that would else be missed. */
  public static final DumpSettings DEFAULT = new DumpSettings(null, null, null, null, null);

  public DumpSettings {
    type = type == null ? DumpType.Full : type;
    firstChance =
        firstChance == null
            ? List.of("E053534F", "C00000FD.STACK_OVERFLOW")
            : List.copyOf(firstChance);
    onExit = onExit == null ? Boolean.FALSE : onExit;
    timeout = timeout == null ? "10m" : timeout;
    compression = compression == null ? Compression.Gzip : compression;
  }

  /** {@link #timeout} as a value. */
  public Duration timeLimit() {
    return Durations.parse(timeout);
  }
}
