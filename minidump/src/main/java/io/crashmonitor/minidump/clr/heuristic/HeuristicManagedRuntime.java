package io.crashmonitor.minidump.clr.heuristic;

import io.crashmonitor.minidump.clr.ManagedCode;
import io.crashmonitor.minidump.clr.ManagedRuntime;
import io.crashmonitor.minidump.clr.exception.ExceptionReader;
import io.crashmonitor.minidump.clr.exception.Reports;
import io.crashmonitor.minidump.clr.metadata.ClrReadException;
import io.crashmonitor.minidump.clr.metadata.View;
import io.crashmonitor.minidump.reader.CpuContext;
import io.crashmonitor.minidump.reader.DumpModule;
import io.crashmonitor.minidump.reader.ExceptionInfo;
import io.crashmonitor.minidump.reader.Finding;
import io.crashmonitor.minidump.reader.Minidump;
import io.crashmonitor.minidump.reader.MinidumpException;
import io.crashmonitor.minidump.report.CrashReport.ManagedException;
import java.util.List;
import java.util.Map;
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

  private static final int MANAGED_EXCEPTION = 0xE0434352;

  /**
   * HRESULT of the exception the CLR makes of a hardware fault and raises again under the fault's
   * own code.
   */
  private static final Map<Integer, Integer> OF_FAULT =
      Map.of(0xC0000005, 0x80004003, 0xC0000094, 0x80020012, 0xC0000095, 0x80131516);

  private static final Pattern SHARED_FRAMEWORK =
      Pattern.compile(
          "[\\\\/]Microsoft\\.NETCore\\.App[\\\\/](\\d+\\.\\d+\\.\\d+[^\\\\/]*)[\\\\/]",
          Pattern.CASE_INSENSITIVE);

  private final Minidump dump;
  private final String version;

  private HeuristicManagedRuntime(Minidump dump, String version) {
    this.dump = dump;
    this.version = version;
  }

  /** The runtime of that module; empty where its structures have not been proved on a dump. */
  public static Optional<ManagedRuntime> of(Minidump dump, DumpModule coreclr) {
    Matcher path = SHARED_FRAMEWORK.matcher(coreclr.path());
    if (path.find()) {
      return path.group(1).startsWith("3.1.")
          ? Optional.of(new HeuristicManagedRuntime(dump, path.group(1)))
          : Optional.empty();
    }
    return coreclr.version().startsWith(FILE_VERSION_3_1)
        ? Optional.of(new HeuristicManagedRuntime(dump, "3.1"))
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
    Optional<Integer> hresult = raised.flatMap(HeuristicManagedRuntime::hresult);
    if (hresult.isEmpty()) {
      return List.of();
    }
    Optional<CpuContext> context = raised.flatMap(dump::context);
    return context.map(registers -> read(registers.sp(), hresult.get())).orElse(List.of());
  }

  private List<ManagedException> read(long stackPointer, int hresult) {
    View view = new View(dump.memory());
    HeuristicTypes types = new HeuristicTypes(view, CoreClrLayout.NET_CORE_3_1);
    ExceptionScan scan = new ExceptionScan(view, types);
    try {
      Optional<Long> thrown = scan.find(stackPointer, hresult);
      if (thrown.isEmpty()) {
        lost("no exception object was found on the crashing thread's stack");
        return List.of();
      }
      ExceptionReader reader = new ExceptionReader(view, types, scan.layout());
      return Reports.exceptions(reader.chain(thrown.get(), this::lost), SOURCE);
    } catch (MinidumpException | ClrReadException unreadable) {
      lost("exceptions: " + unreadable.getMessage());
      return List.of();
    }
  }

  /**
   * HRESULT of the exception that ended the process, as far as the operating system's exception
   * tells it.
   */
  private static Optional<Integer> hresult(ExceptionInfo raised) {
    if (raised.code() == MANAGED_EXCEPTION) {
      return raised.parameters().stream().findFirst().map(Long::intValue);
    }
    return Optional.ofNullable(OF_FAULT.get(raised.code()));
  }

  private void lost(String what) {
    dump.findings().add(Finding.of(PART, what));
  }

  @Override
  public Optional<ManagedCode> resolve(long ip) {
    return Optional.empty();
  }
}
