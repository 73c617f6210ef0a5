package io.crashmonitor.report;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.JsonNode;
import io.crashmonitor.api.CrashKind;
import io.crashmonitor.api.DumpState;
import io.crashmonitor.api.DumpType;
import java.time.Instant;

/**
 * The report beside a dump ({@code ….dmp.json}): everything known of one crash. Written by the
 * operator alone. Also written, without a dump, for a crash that left none.
 *
 * @param schemaVersion 1
 * @param crashId see {@link CrashId}
 * @param runId the run it counts in
 * @param workload kind/name
 * @param container the app's container
 * @param processStart null when nobody knew the process
 * @param time of the crash
 * @param exitCode unsigned hexadecimal; never null: without an exit it is the exception's code
 * @param exceptionCode null without an exception stream
 * @param dump what became of the dump
 * @param dumpReason a word on why there is none; of Uploading, until when it can come; empty for
 *     Stored
 * @param blob of the dump; null where there is none and never will be
 * @param storedBytes of the blob; null until stored
 * @param rawBytes of the dump before compression; null when unknown
 * @param sha256 of the dump before compression; null until stored
 * @param restartCount of the container when it ended; null when not joined with a termination
 * @param analysis the minidump module's CrashReport as JSON, passed through as it is so that agents
 *     of other versions lose nothing; null while pending or when there is no dump
 * @param exceptionSource where the managed exception is from; null when there is none (yet)
 * @param managed the managed exception where the dump does not tell it, in the shape of the
 *     analysis's {@code managed}; null where the analysis has it
 * @param procdump what ProcDump said of it; null when nobody told
 * @param imageId the app's image by its digest, as the node runs it; null when unknown
 * @param previousLog what the app wrote on its console; null when nobody asked for it, or could not
 *     get it
 * @param attachedAfterMillis of a crash before the attach: how long a process of that pod had run
 *     when a debugger was first attached to it; null when nobody knows, and for other crashes
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
@JsonIgnoreProperties(ignoreUnknown = true)
public record DumpReport(
    int schemaVersion,
    String crashId,
    String runId,
    String sessionUid,
    String namespace,
    String workload,
    String pod,
    String podUid,
    String node,
    String container,
    String image,
    Integer restartCount,
    long pid,
    String process,
    Instant processStart,
    Instant time,
    CrashKind kind,
    String exitCode,
    ExitCodeSource exitCodeSource,
    String exceptionCode,
    DumpType dumpType,
    DumpState dump,
    String dumpReason,
    String blob,
    Long storedBytes,
    Long rawBytes,
    String sha256,
    String osVersion,
    JsonNode analysis,
    ExceptionSource exceptionSource,
    JsonNode managed,
    ProcDumpConsole procdump,
    String imageId,
    PreviousLog previousLog,
    Long attachedAfterMillis) {
  public static final int SCHEMA_VERSION = 1;

  /** Of what the dump and the pod tell alone. */
  public DumpReport(
      int schemaVersion,
      String crashId,
      String runId,
      String sessionUid,
      String namespace,
      String workload,
      String pod,
      String podUid,
      String node,
      String container,
      String image,
      Integer restartCount,
      long pid,
      String process,
      Instant processStart,
      Instant time,
      CrashKind kind,
      String exitCode,
      ExitCodeSource exitCodeSource,
      String exceptionCode,
      DumpType dumpType,
      DumpState dump,
      String dumpReason,
      String blob,
      Long storedBytes,
      Long rawBytes,
      String sha256,
      String osVersion,
      JsonNode analysis) {
    this(
        schemaVersion,
        crashId,
        runId,
        sessionUid,
        namespace,
        workload,
        pod,
        podUid,
        node,
        container,
        image,
        restartCount,
        pid,
        process,
        processStart,
        time,
        kind,
        exitCode,
        exitCodeSource,
        exceptionCode,
        dumpType,
        dump,
        dumpReason,
        blob,
        storedBytes,
        rawBytes,
        sha256,
        osVersion,
        analysis,
        null,
        null,
        null,
        null,
        null,
        null);
  }
}
