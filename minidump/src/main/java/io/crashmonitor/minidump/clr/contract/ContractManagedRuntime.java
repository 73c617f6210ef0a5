package io.crashmonitor.minidump.clr.contract;

import io.crashmonitor.minidump.clr.ManagedCode;
import io.crashmonitor.minidump.clr.ManagedRuntime;
import io.crashmonitor.minidump.clr.exception.ManagedMethod;
import io.crashmonitor.minidump.clr.exception.Raised;
import io.crashmonitor.minidump.clr.exception.Reports;
import io.crashmonitor.minidump.clr.metadata.ClrReadException;
import io.crashmonitor.minidump.clr.metadata.View;
import io.crashmonitor.minidump.reader.Finding;
import io.crashmonitor.minidump.reader.Findings;
import io.crashmonitor.minidump.reader.MinidumpException;
import io.crashmonitor.minidump.report.CrashReport.ManagedException;
import java.util.List;
import java.util.Optional;

/**
 * A .NET runtime that describes itself (9 and later), for the report: nothing is thrown, what is
 * lost is a finding.
 */
public final class ContractManagedRuntime implements ManagedRuntime {
  private static final String PART = "managed";
  private static final String SOURCE = "contract";

  private final View view;
  private final ContractRuntime runtime;
  private final Findings findings;
  private final Optional<Raised> crash;

  private ContractManagedRuntime(
      View view, ContractRuntime runtime, Findings findings, Optional<Raised> crash) {
    this.view = view;
    this.runtime = runtime;
    this.findings = findings;
    this.crash = crash;
  }

  /**
   * The runtime that a module exports the descriptor of; empty where it exports none that can be
   * read.
   *
   * @param base address of the module
   * @param crash the exception the dump was written for
   */
  public static Optional<ManagedRuntime> inModule(
      View view, long base, Findings findings, Optional<Raised> crash) {
    Optional<Long> export = RuntimeExport.find(view, base, Descriptor.EXPORT);
    if (export.isEmpty()) {
      return Optional.empty();
    }
    try {
      ContractRuntime runtime = ContractRuntime.at(view, export.get());
      return Optional.of(new ContractManagedRuntime(view, runtime, findings, crash));
    } catch (MinidumpException | ClrReadException unreadable) {
      findings.add(
          Finding.at(
              PART,
              export.get(),
              "a .NET runtime is in the process, but its description cannot be read: "
                  + unreadable.getMessage()));
      return Optional.empty();
    }
  }

  @Override
  public Description description() {
    return new Description(".NET", version(), SOURCE);
  }

  private String version() {
    try {
      return runtime.version();
    } catch (MinidumpException | ClrReadException unknown) {
      return "";
    }
  }

  @Override
  public List<ManagedException> exceptions(long osThreadId) {
    Optional<Raised> raised = crash.filter(exception -> exception.threadId() == osThreadId);
    try {
      return Reports.exceptions(runtime.exceptions(osThreadId, raised, this::lost), SOURCE);
    } catch (MinidumpException | ClrReadException unreadable) {
      lost("exceptions: " + unreadable.getMessage());
      return List.of();
    }
  }

  private void lost(String what) {
    findings.add(Finding.of(PART, what));
  }

  @Override
  public Optional<ManagedCode> resolve(long ip) {
    try {
      return runtime.code().find(ip).map(code -> describe(code, ip));
    } catch (MinidumpException | ClrReadException unreadable) {
      return Optional.empty();
    }
  }

  private ManagedCode describe(CodeMap.Code code, long ip) {
    Optional<ManagedMethod> method = method(code.methodDesc());
    return new ManagedCode(
        method.map(ManagedMethod::name).orElse(""),
        method.map(ManagedMethod::assembly).orElse(""),
        ip - code.start(),
        method.filter(ManagedMethod::hidden).isPresent(),
        Optional.of(unwind(code.unwindBase(), code.runtimeFunction())));
  }

  private Optional<ManagedMethod> method(long methodDesc) {
    try {
      return Optional.of(runtime.types().method(methodDesc));
    } catch (MinidumpException | ClrReadException unnamed) {
      return Optional.empty();
    }
  }

  private ManagedCode.Unwind unwind(long base, long function) {
    return new ManagedCode.Unwind(
        base, view.u32(function), view.u32(function + 4), view.u32(function + 8));
  }
}
