package io.crashmonitor.minidump.clr.heuristic;

import io.crashmonitor.minidump.clr.ManagedCode;
import io.crashmonitor.minidump.clr.ManagedRuntime;
import io.crashmonitor.minidump.clr.exception.ExceptionReader;
import io.crashmonitor.minidump.clr.exception.Raised;
import io.crashmonitor.minidump.clr.exception.Reports;
import io.crashmonitor.minidump.clr.metadata.ClrReadException;
import io.crashmonitor.minidump.clr.metadata.View;
import io.crashmonitor.minidump.reader.CpuContext;
import io.crashmonitor.minidump.reader.DumpModule;
import io.crashmonitor.minidump.reader.ExceptionInfo;
import io.crashmonitor.minidump.reader.Finding;
import io.crashmonitor.minidump.reader.Memory;
import io.crashmonitor.minidump.reader.Minidump;
import io.crashmonitor.minidump.reader.MinidumpException;
import io.crashmonitor.minidump.report.CrashReport.ManagedException;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * .NET Core 3.1, which does not describe its memory: the exception a thread died of is recovered by
 * what its structures were found to be. Later runtimes before .NET 9 are not read: no dump has
 * proved how theirs are built.
 */
public final class HeuristicManagedRuntime implements ManagedRuntime {
  private static final String PART = "managed";
  private static final String SOURCE = "heuristic";

  /** Files of the runtime 3.1 have versions of their own; since 5 they carry the runtime's. */
  private static final String FILE_VERSION_3_1 = "4.700.";

  private static final Pattern SHARED_FRAMEWORK =
      Pattern.compile(
          "[\\\\/]Microsoft\\.NETCore\\.App[\\\\/](\\d+\\.\\d+\\.\\d+[^\\\\/]*)[\\\\/]",
          Pattern.CASE_INSENSITIVE);

  private final Minidump dump;
  private final String version;
  private final View view;
  private final HeuristicTypes types;
  private final JittedCode code;

  private HeuristicManagedRuntime(Minidump dump, Memory memory, String version) {
    this.dump = dump;
    this.version = version;
    this.view = new View(memory);
    this.types = new HeuristicTypes(view, CoreClrLayout.NET_CORE_3_1);
    this.code = new JittedCode(view, types);
  }

  /** The runtime of that module; empty where its structures have not been proved on a dump. */
  public static Optional<ManagedRuntime> of(Minidump dump, Memory memory, DumpModule coreclr) {
    Matcher path = SHARED_FRAMEWORK.matcher(coreclr.path());
    if (path.find()) {
      return path.group(1).startsWith("3.1.")
          ? Optional.of(new HeuristicManagedRuntime(dump, memory, path.group(1)))
          : Optional.empty();
    }
    return coreclr.version().startsWith(FILE_VERSION_3_1)
        ? Optional.of(new HeuristicManagedRuntime(dump, memory, "3.1"))
        : Optional.empty();
  }

  @Override
  public Description description() {
    return new Description(".NET Core", version, SOURCE);
  }

  @Override
  public List<ManagedException> exceptions(long osThreadId) {
    Optional<ExceptionInfo> raised =
        dump.exception().filter(exception -> exception.threadId() == osThreadId);
    return raised
        .flatMap(exception -> dump.context(exception).map(CpuContext::sp))
        .map(stackPointer -> read(stackPointer, Raised.in(dump, view.memory()).orElseThrow()))
        .orElse(List.of());
  }

  private List<ManagedException> read(long stackPointer, Raised raised) {
    ExceptionScan scan = new ExceptionScan(view, types);
    try {
      Optional<Long> thrown = scan.find(stackPointer, raised);
      if (thrown.isEmpty()) {
        if (raised.code() == Raised.MANAGED_EXCEPTION) {
          lost("no exception object was found on the crashing thread's stack");
        }
        return List.of();
      }
      ExceptionReader reader = new ExceptionReader(view, types, scan.layout());
      return Reports.exceptions(reader.chain(thrown.get(), this::lost), SOURCE);
    } catch (MinidumpException | ClrReadException unreadable) {
      lost("exceptions: " + unreadable.getMessage());
      return List.of();
    }
  }

  private void lost(String what) {
    dump.findings().add(Finding.of(PART, what));
  }

  @Override
  public Optional<ManagedCode> resolve(long ip) {
    // Code in a module was compiled ahead of time and is unwound by the module's own table.
    return dump.modules().find(ip).isPresent() ? Optional.empty() : code.find(ip);
  }
}
