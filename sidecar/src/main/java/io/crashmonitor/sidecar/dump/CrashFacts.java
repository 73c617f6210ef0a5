package io.crashmonitor.sidecar.dump;

import com.fasterxml.jackson.databind.JsonNode;
import io.crashmonitor.agent.DumpOffer;
import io.crashmonitor.agent.ProcessExit;
import io.crashmonitor.agent.WatchedProcess;
import io.crashmonitor.api.Compression;
import io.crashmonitor.api.CrashKind;
import io.crashmonitor.api.DumpType;
import io.crashmonitor.report.CrashId;
import io.crashmonitor.report.ExitCode;
import io.crashmonitor.report.ExitCodeSource;
import io.crashmonitor.report.ProcDumpConsole;
import io.crashmonitor.sidecar.supervisor.HelperState;
import io.crashmonitor.sidecar.supervisor.ProcessInstance;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;

/**
 * One crash, put together from the dump's file, its content and what the helper saw.
 *
 * @param id of the crash
 * @param file the dump
 * @param instance the process
 * @param dump what it says of itself
 * @param kind of event
 * @param exit how the process ended, if the helper saw it
 * @param process file name of the program
 */
public record CrashFacts(
    CrashId id,
    DumpFile file,
    ProcessInstance instance,
    DumpFacts dump,
    CrashKind kind,
    Optional<ProcessExit> exit,
    String process) {
  /** An end so soon after a first chance exception is of the same cause. */
  private static final Duration OF_ONE_CAUSE = Duration.ofSeconds(60);

  /** Puts the facts together. */
  public static CrashFacts of(String podUid, DumpFile file, DumpFacts dump, HelperState helper) {
    ProcessInstance instance = instance(file, dump);
    Optional<ProcessExit> exit = helper.exit(instance);
    return new CrashFacts(
        isFirstChance(dump)
            ? CrashId.ofFirstChance(podUid, instance.pid(), instance.start())
            : CrashId.of(podUid, instance.pid(), instance.start()),
        file,
        instance,
        dump,
        kind(dump, file, exit, exit.isEmpty() && helper.living(instance)),
        exit,
        dump.process()
            .or(() -> exit.map(ProcessExit::name))
            .or(() -> DumpNames.programOfRuntime(file.path().getFileName().toString()))
            .orElseGet(() -> living(helper, file)));
  }

  // The runtime cannot put the process' start into the file's name: the dump itself knows it.
  private static ProcessInstance instance(DumpFile file, DumpFacts dump) {
    boolean known =
        file.origin() == DumpFile.Origin.RUNTIME
            && dump.processStart().isPresent()
            && dump.pid().orElse(file.process().pid()) == file.process().pid();
    return known
        ? ProcessInstance.of(file.process().pid(), dump.processStart().get())
        : file.process();
  }

  /** Whether the dump is of another process than its name says: forged, or a defect. */
  public boolean contradictory() {
    ProcessInstance named = instance;
    boolean pid = dump.pid().isPresent() && dump.pid().getAsLong() != named.pid();
    // The helper reads the start in finer steps than the dump keeps it.
    boolean start =
        dump.processStart()
            .filter(t -> Math.abs(t.getEpochSecond() - named.startSeconds()) > 1)
            .isPresent();
    return pid || start;
  }

  /**
   * The offer to the operator.
   *
   * @param clockOffset the operator's clock minus the node's: the crash's time is by the node's
   */
  public DumpOffer offer(
      String runId,
      DumpType type,
      Compression compression,
      boolean truncated,
      Optional<JsonNode> analysis,
      Optional<ProcDumpConsole> procdump,
      Duration clockOffset) {
    return new DumpOffer(
        id.value(),
        runId,
        instance.pid(),
        process,
        instance.start(),
        time(),
        kind,
        end().map(ProcessExit::exitCode).orElse(null),
        end().isPresent() ? ExitCodeSource.AttachHelper : ExitCodeSource.Exception,
        dump.exceptionCode().orElse(null),
        type,
        file.size(),
        compression,
        truncated,
        analysis.orElse(null),
        dump.osVersion().orElse(null),
        procdump.orElse(null),
        clockOffset.isZero() ? null : clockOffset.toMillis());
  }

  // How a process ended that lived on says nothing of what it was dumped for.
  private Optional<ProcessExit> end() {
    return exit.filter(e -> kind == CrashKind.Crash);
  }

  // By ProcDump's own words in the dump.
  private static boolean isFirstChance(DumpFacts dump) {
    return event(dump).contains("first chance");
  }

  private Instant time() {
    return time(dump, file);
  }

  private static Instant time(DumpFacts dump, DumpFile file) {
    return dump.written().orElse(file.modified());
  }

  private static CrashKind kind(
      DumpFacts dump, DumpFile file, Optional<ProcessExit> exit, boolean livesOn) {
    if (event(dump).contains("unhandled")) {
      return CrashKind.Crash;
    }
    boolean ended =
        isFirstChance(dump) ? exit.filter(e -> isEndOf(e, time(dump, file))).isPresent() : !livesOn;
    return ended ? CrashKind.Crash : CrashKind.FirstChance;
  }

  // As a stack overflow of .NET: the runtime ends the process after the first chance, and there is
  // no second.
  private static boolean isEndOf(ProcessExit exit, Instant firstChance) {
    return exit.dumps() <= 1
        && exit.exitTime() != null
        && !exit.exitTime().isAfter(firstChance.plus(OF_ONE_CAUSE))
        && ExitCode.parse(exit.exitCode()).filter(ExitCode::isCrash).isPresent();
  }

  // The line before the last holds ProcDump's arguments, and with them the user's filters.
  private static String event(DumpFacts dump) {
    String comment = dump.comment().orElse("").toLowerCase(Locale.ROOT);
    return comment.substring(comment.lastIndexOf('\n') + 1);
  }

  private static String living(HelperState helper, DumpFile file) {
    return helper.processes().stream()
        .filter(p -> ProcessInstance.of(p.pid(), p.startTime()).equals(file.process()))
        .map(WatchedProcess::name)
        .findFirst()
        .orElse("unknown");
  }
}
