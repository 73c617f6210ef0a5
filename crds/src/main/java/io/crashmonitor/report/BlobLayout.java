package io.crashmonitor.report;

import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Names of blobs, both ways, for one workload.
 *
 * <pre>{@code
 * <prefix>CrashDumps/<cluster>/<namespace>/<kind>/<workload>/<yyyy-MM-dd>/
 *     <pod>_<process>_<pid>_<EXITCODE>_<yyyyMMdd>_<HHmmss>.dmp[.gz|.zst]
 * }</pre>
 *
 * The report lies beside the dump as {@code ….dmp.json}. As in the original, the exit code is the
 * third part from the end.
 *
 * @param prefix empty, or ends with a slash
 * @param cluster name of the cluster in storage
 * @param kind lower case kind of the workload
 */
public record BlobLayout(
    String prefix, String cluster, String namespace, String kind, String workload) {
  public static final String REPORT_SUFFIX = ".json";
  private static final int PROCESS_LIMIT = 64;
  private static final DateTimeFormatter STAMP =
      DateTimeFormatter.ofPattern("yyyyMMdd_HHmmss", Locale.ROOT);
  private static final Pattern FILE =
      Pattern.compile(
          "([a-z0-9.-]{1,253})_([A-Za-z0-9.-]{1,64})_([0-9]{1,10})_([0-9A-F]{8})"
              + "_([0-9]{8}_[0-9]{6})\\.dmp(\\.gz|\\.zst)?");

  public BlobLayout {
    kind = kind.toLowerCase(Locale.ROOT);
  }

  /** What a dump's name says. */
  public record DumpName(
      String pod, String process, long pid, ExitCode exitCode, Instant time, String compression) {}

  /** The folder of all dumps of the workload; ends with a slash. */
  public String folder() {
    return prefix + "CrashDumps/" + cluster + "/" + namespace + "/" + kind + "/" + workload + "/";
  }

  /** The ledger of a run. */
  public String ledger(String runId) {
    return prefix + ".run/" + runId + ".json";
  }

  /** The name of a dump without compression suffix; its report is this plus ".json". */
  public String base(LocalDate grantDay, DumpName dump) {
    return folder()
        + grantDay
        + "/"
        + dump.pod()
        + "_"
        + processPart(dump.process())
        + "_"
        + dump.pid()
        + "_"
        + dump.exitCode().hex()
        + "_"
        + STAMP.format(LocalDateTime.ofInstant(dump.time(), ZoneOffset.UTC))
        + ".dmp";
  }

  public String dump(LocalDate grantDay, DumpName dump) {
    return base(grantDay, dump) + dump.compression();
  }

  /** The report of a dump, whatever its compression. */
  public static String reportOf(String dumpBlob) {
    int end = dumpBlob.lastIndexOf(".dmp");
    if (end < 0) {
      throw new IllegalArgumentException("not the name of a dump: " + dumpBlob);
    }
    return dumpBlob.substring(0, end + 4) + REPORT_SUFFIX;
  }

  /**
   * Reads a dump's name back.
   *
   * @return empty when it is not one of ours
   */
  public static Optional<DumpName> parse(String blob) {
    Matcher m = FILE.matcher(blob.substring(blob.lastIndexOf('/') + 1));
    if (!m.matches()) {
      return Optional.empty();
    }
    try {
      Instant time = LocalDateTime.parse(m.group(5), STAMP).toInstant(ZoneOffset.UTC);
      return Optional.of(
          new DumpName(
              m.group(1),
              m.group(2),
              Long.parseLong(m.group(3)),
              ExitCode.parse("0x" + m.group(4)).orElseThrow(),
              time,
              m.group(6) == null ? "" : m.group(6)));
    } catch (DateTimeParseException noSuchTime) {
      return Optional.empty();
    }
  }

  /** A process name as a part of a blob's name: nothing that could be a path or a separator. */
  public static String processPart(String process) {
    String safe = process.replaceAll("[^A-Za-z0-9.-]", "-");
    if (safe.isEmpty()) {
      return "unknown";
    }
    return safe.length() <= PROCESS_LIMIT ? safe : safe.substring(0, PROCESS_LIMIT);
  }
}
