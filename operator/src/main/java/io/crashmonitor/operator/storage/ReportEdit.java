package io.crashmonitor.operator.storage;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.crashmonitor.agent.AgentProtocol;
import io.crashmonitor.api.CrashKind;
import io.crashmonitor.api.DumpState;
import io.crashmonitor.report.DumpReport;
import io.crashmonitor.report.ExceptionSource;
import io.crashmonitor.report.ExitCode;
import io.crashmonitor.report.ExitCodeSource;
import io.crashmonitor.report.PreviousLog;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;

/**
 * The ways in which what is known of a crash grows. Pure; nothing that was known better is lost, in
 * whatever order the parts come in.
 */
final class ReportEdit {
  private static final JsonMapper JSON = AgentProtocol.mapper();
  private static final String CRASH = CrashKind.Crash.name();

  private ReportEdit() {}

  /** The dump is in storage. */
  static DumpReport stored(
      DumpReport report,
      String blob,
      long storedBytes,
      Optional<Long> rawBytes,
      Optional<String> sha256,
      Optional<JsonNode> analysis) {
    ObjectNode r = tree(report);
    dump(r, DumpState.Stored, "");
    r.put("blob", blob).put("storedBytes", storedBytes);
    rawBytes.ifPresent(bytes -> r.put("rawBytes", bytes));
    sha256.ifPresent(hash -> r.put("sha256", hash));
    analysis.ifPresent(a -> r.set("analysis", a));
    return value(r);
  }

  /** A dump on its way: the report tells by itself until when, whoever ends it or does not. */
  static DumpReport expected(DumpReport report, Instant end) {
    if (report.dump() != DumpState.Uploading) {
      return report;
    }
    ObjectNode r = tree(report);
    dump(
        r,
        DumpState.Uploading,
        "lost if it is not there by " + end.truncatedTo(ChronoUnit.SECONDS));
    return value(r);
  }

  /** The dump will not come; one that is stored stays so. */
  static DumpReport withoutDump(DumpReport report, DumpState state, String reason) {
    if (report.dump() == DumpState.Stored) {
      return report;
    }
    ObjectNode r = tree(report);
    dump(r, state, reason);
    r.remove("blob");
    return value(r);
  }

  /** The other half of the crash: how its container ended. */
  static DumpReport terminated(
      DumpReport report, ExitCode code, ExitCodeSource source, int restartCount) {
    ObjectNode r = tree(report);
    if (source.compareTo(report.exitCodeSource()) < 0) {
      exit(r, code.code(), source);
    }
    // It did not live on.
    r.put("kind", report.kind() == CrashKind.FirstChance ? CRASH : report.kind().name());
    r.put("restartCount", restartCount);
    return value(r);
  }

  /**
   * What the container wrote on its console; the first one told stays.
   *
   * @param exception that it tells, as the analysis would
   */
  static DumpReport logged(DumpReport report, PreviousLog log, Optional<JsonNode> exception) {
    if (report.previousLog() != null) {
      return report;
    }
    ObjectNode r = tree(report);
    r.set("previousLog", JSON.valueToTree(log));
    exception.ifPresent(e -> ManagedException.offer(r, e, ExceptionSource.PreviousLog));
    return value(r);
  }

  /** A new report, with its exception where readers look. */
  static DumpReport made(DumpReport report) {
    return value(tree(report));
  }

  /**
   * The same crash told once more: a renewal, an analysis that was pending, or the end of a process
   * soon after its first chance dump.
   */
  static DumpReport merged(DumpReport known, DumpReport told) {
    ObjectNode r = tree(known);
    if (known.kind() == CrashKind.FirstChance && told.kind() == CrashKind.Crash) {
      r.put("kind", CRASH);
      r.put("time", told.time().toString());
      exit(r, told.exitCode(), told.exitCodeSource());
    } else if (told.exitCodeSource().compareTo(known.exitCodeSource()) < 0) {
      exit(r, told.exitCode(), told.exitCodeSource());
    }
    if (told.analysis() != null) {
      r.set("analysis", told.analysis());
    }
    fill(r, "osVersion", told.osVersion());
    fill(r, "exceptionCode", told.exceptionCode());
    fill(r, "imageId", told.imageId());
    if (told.procdump() != null) {
      r.set("procdump", JSON.valueToTree(told.procdump()));
    }
    if (known.dump() != DumpState.Stored) {
      dump(r, told.dump(), told.dumpReason());
      r.put("blob", told.blob());
      if (told.rawBytes() != null) {
        r.put("rawBytes", told.rawBytes());
      }
    }
    return value(r);
  }

  private static void dump(ObjectNode r, DumpState state, String reason) {
    r.put("dump", state.name()).put("dumpReason", reason);
  }

  private static void exit(ObjectNode r, String code, ExitCodeSource source) {
    r.put("exitCode", code).put("exitCodeSource", source.name());
  }

  private static void fill(ObjectNode r, String field, String value) {
    if (value != null && !r.hasNonNull(field)) {
      r.put(field, value);
    }
  }

  private static ObjectNode tree(DumpReport report) {
    return JSON.valueToTree(report);
  }

  private static DumpReport value(ObjectNode tree) {
    try {
      ManagedException.settle(tree);
      return JSON.treeToValue(tree, DumpReport.class);
    } catch (JsonProcessingException cameFromOne) {
      throw new IllegalStateException(cameFromOne);
    }
  }
}
