package io.crashmonitor.agent;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.databind.JsonNode;
import io.crashmonitor.api.Compression;
import io.crashmonitor.api.CrashKind;
import io.crashmonitor.api.DumpType;
import io.crashmonitor.report.ExitCodeSource;
import io.crashmonitor.report.ProcDumpConsole;
import java.time.Instant;

/**
 * {@code POST /agent/v1/dumps}: one crash, and the wish to store its dump. Offered again with the
 * same crash id it renews the grant, or brings an analysis that was pending.
 *
 * @param crashId see {@link io.crashmonitor.report.CrashId}
 * @param runId the run it was taken in, as the agent knew it when the dump appeared; it decides
 *     where the crash's time leaves a doubt
 * @param pid of the process that crashed
 * @param process its file name, such as Checkout.exe
 * @param processStart its start
 * @param crashTime when the dump was written, by the node's clock
 * @param kind Crash, or FirstChance of a process that lived on
 * @param exitCode unsigned hexadecimal, such as 0xC0000005; null when nobody knows
 * @param exitCodeSource where it is from
 * @param exceptionCode of the dump's exception stream, as above; null without one
 * @param dumpType what was written; None when the file is not to be stored
 * @param size bytes of the file in the volume
 * @param compression how it will be stored
 * @param truncated whether the file is not whole: it is reported, not stored
 * @param analysis the minidump module's CrashReport as JSON, passed through as it is so that agents
 *     of other versions lose nothing; null while pending
 * @param osVersion of the node, as the dump says; may be null
 * @param procdump what ProcDump said of it; null when it said nothing or is not the engine
 * @param clockOffsetMillis the operator's clock minus the node's, in milliseconds, as far as the
 *     agent knows; null for none, and from agents that do not tell
 */
@JsonIgnoreProperties(ignoreUnknown = true)
public record DumpOffer(
    String crashId,
    String runId,
    long pid,
    String process,
    Instant processStart,
    Instant crashTime,
    CrashKind kind,
    String exitCode,
    ExitCodeSource exitCodeSource,
    String exceptionCode,
    DumpType dumpType,
    long size,
    Compression compression,
    boolean truncated,
    JsonNode analysis,
    String osVersion,
    ProcDumpConsole procdump,
    Long clockOffsetMillis) {

  /** Without ProcDump's words, from a node whose clock is right. */
  public DumpOffer(
      String crashId,
      String runId,
      long pid,
      String process,
      Instant processStart,
      Instant crashTime,
      CrashKind kind,
      String exitCode,
      ExitCodeSource exitCodeSource,
      String exceptionCode,
      DumpType dumpType,
      long size,
      Compression compression,
      boolean truncated,
      JsonNode analysis,
      String osVersion) {
    this(
        crashId,
        runId,
        pid,
        process,
        processStart,
        crashTime,
        kind,
        exitCode,
        exitCodeSource,
        exceptionCode,
        dumpType,
        size,
        compression,
        truncated,
        analysis,
        osVersion,
        null,
        null);
  }

  /**
   * The same with another analysis.
   *
   * @param other may be null
   */
  public DumpOffer withAnalysis(JsonNode other) {
    return new DumpOffer(
        crashId,
        runId,
        pid,
        process,
        processStart,
        crashTime,
        kind,
        exitCode,
        exitCodeSource,
        exceptionCode,
        dumpType,
        size,
        compression,
        truncated,
        other,
        osVersion,
        procdump,
        clockOffsetMillis);
  }
}
