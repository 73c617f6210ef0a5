package io.crashmonitor.minidump.clr.nativeaot;

import io.crashmonitor.minidump.clr.ManagedCode;
import io.crashmonitor.minidump.clr.ManagedRuntime;
import io.crashmonitor.minidump.clr.console.FrameLine;
import io.crashmonitor.minidump.clr.nativeaot.CrashRecord.RecordedException;
import io.crashmonitor.minidump.clr.nativeaot.CrashRecord.RecordedFrame;
import io.crashmonitor.minidump.reader.ExceptionInfo;
import io.crashmonitor.minidump.reader.Finding;
import io.crashmonitor.minidump.reader.Minidump;
import io.crashmonitor.minidump.reader.MinidumpException;
import io.crashmonitor.minidump.report.CrashReport.ManagedException;
import io.crashmonitor.minidump.report.CrashReport.ManagedFrame;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A NativeAOT program: its code is native, its exception is in the record it leaves with its
 * fail-fast.
 */
public final class NativeAotRuntime implements ManagedRuntime {
  private static final String PART = "managed";
  private static final int FAIL_FAST = 0xC0000409;
  private static final long DOTNET_AOT = 0x48;
  private static final int MAX_RECORD = 64 * 1024;
  private static final int MAX_CHAIN = 32;

  private final Minidump dump;
  private final long threadId;
  private final CrashRecord record;

  private NativeAotRuntime(Minidump dump, long threadId, CrashRecord record) {
    this.dump = dump;
    this.threadId = threadId;
    this.record = record;
  }

  /**
   * The runtime of a dump whose exception is the fail-fast of a NativeAOT program with a record.
   */
  public static Optional<ManagedRuntime> detect(Minidump dump) {
    return dump.exception()
        .filter(NativeAotRuntime::isNativeAot)
        .flatMap(raised -> read(dump, raised));
  }

  private static boolean isNativeAot(ExceptionInfo raised) {
    return raised.code() == FAIL_FAST
        && raised.parameters().size() >= 4
        && raised.parameters().get(0) == DOTNET_AOT;
  }

  private static Optional<ManagedRuntime> read(Minidump dump, ExceptionInfo raised) {
    long address = raised.parameters().get(2);
    long size = raised.parameters().get(3);
    if (size <= 0 || size > MAX_RECORD) {
      return lost(
          dump, address, "the crash record of a NativeAOT program claims " + size + " bytes");
    }
    try {
      byte[] bytes = dump.memory().bytes(address, (int) size);
      String json = new String(bytes, StandardCharsets.UTF_8);
      int end = json.indexOf('\0');
      Optional<CrashRecord> record = CrashRecord.parse(end < 0 ? json : json.substring(0, end));
      if (record.isEmpty()) {
        return lost(dump, address, "the crash record of a NativeAOT program is not JSON");
      }
      return Optional.of(new NativeAotRuntime(dump, raised.threadId(), record.get()));
    } catch (MinidumpException missing) {
      return lost(dump, address, "the crash record of a NativeAOT program is not in the dump");
    }
  }

  private static Optional<ManagedRuntime> lost(Minidump dump, long address, String what) {
    dump.findings().add(Finding.at(PART, address, what));
    return Optional.empty();
  }

  @Override
  public Description description() {
    return new Description(".NET NativeAOT", record.runtimeVersion(), "crash-record");
  }

  @Override
  public List<ManagedException> exceptions(long osThreadId) {
    if (osThreadId != threadId) {
      return List.of();
    }
    boolean said = record.exception().map(e -> e.message().equals(record.message())).orElse(false);
    if (!record.message().isEmpty() && !said) {
      dump.findings().add(Finding.of(PART, "the program gave as its reason: " + record.message()));
    }
    List<ManagedException> chain = new ArrayList<>();
    Optional<RecordedException> next = record.exception();
    while (next.isPresent() && chain.size() < MAX_CHAIN) {
      chain.add(exception(next.get()));
      next = next.get().inner().stream().findFirst();
    }
    return chain;
  }

  private ManagedException exception(RecordedException recorded) {
    return new ManagedException(
        recorded.type(),
        recorded.message(),
        recorded.hresult(),
        "crash-record",
        recorded.stack().stream().map(this::frame).toList());
  }

  private ManagedFrame frame(RecordedFrame recorded) {
    String module = dump.modules().find(recorded.ip()).map(found -> found.name()).orElse("");
    String name = recorded.name().isEmpty() ? place(recorded.ip()) : recorded.name();
    Optional<ManagedFrame> printed =
        recorded.name().isEmpty() ? Optional.empty() : FrameLine.ofMethod(name);
    return new ManagedFrame(
        printed.map(ManagedFrame::method).orElse(name),
        printed.map(ManagedFrame::parameters).orElse(""),
        module,
        "",
        0,
        false);
  }

  private String place(long ip) {
    return dump.modules()
        .find(ip)
        .map(module -> module.name() + "+0x" + Long.toHexString(ip - module.base()))
        .orElse("0x" + Long.toHexString(ip));
  }

  @Override
  public Optional<ManagedCode> resolve(long ip) {
    return Optional.empty();
  }
}
