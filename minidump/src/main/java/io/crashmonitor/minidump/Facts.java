package io.crashmonitor.minidump;

import io.crashmonitor.minidump.process.ProcessParameters;
import io.crashmonitor.minidump.reader.CpuContext;
import io.crashmonitor.minidump.reader.DumpModule;
import io.crashmonitor.minidump.reader.ExceptionInfo;
import io.crashmonitor.minidump.reader.Handles;
import io.crashmonitor.minidump.reader.Memory;
import io.crashmonitor.minidump.reader.Minidump;
import io.crashmonitor.minidump.reader.MiscInfo;
import io.crashmonitor.minidump.reader.Resources;
import io.crashmonitor.minidump.reader.StreamEntry;
import io.crashmonitor.minidump.reader.StreamType;
import io.crashmonitor.minidump.reader.SystemInfo;
import io.crashmonitor.minidump.reason.CodeNames;
import io.crashmonitor.minidump.reason.CrashReason;
import io.crashmonitor.minidump.report.CrashReport;
import io.crashmonitor.minidump.report.ProcessFacts;
import io.crashmonitor.minidump.report.SystemFacts;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** The parts of the report that stand in the dump as they are. */
final class Facts {
  private static final int MOST_HANDLE_TYPES = 8;

  private final Minidump dump;
  private final Memory memory;

  Facts(Minidump dump, Memory memory) {
    this.dump = dump;
    this.memory = memory;
  }

  static String hex(long value) {
    return "0x" + Long.toHexString(value);
  }

  boolean windows() {
    return dump.systemInfo().map(SystemInfo::windows).orElse(true);
  }

  List<String> streamNames() {
    return dump.directory().streams().stream().map(StreamEntry::name).toList();
  }

  CrashReport.Dump dumpFacts() {
    boolean full = dump.directory().first(StreamType.MEMORY64_LIST).isPresent();
    return new CrashReport.Dump(
        full ? "full" : "mini",
        dump.bytes().size(),
        dump.directory().written().toString(),
        hex(dump.directory().flags()),
        dump.comment().orElse("").strip(),
        streamNames());
  }

  SystemFacts system() {
    return dump.systemInfo()
        .map(
            info ->
                new SystemFacts(
                    info.family(),
                    info.major() + "." + info.minor() + "." + info.build(),
                    info.architecture().label(),
                    info.processors(),
                    dump.miscInfo().map(MiscInfo::build).orElse("").strip(),
                    systemMemory()))
        .orElseGet(() -> new SystemFacts("", "", "", 0, "", systemMemory()));
  }

  private SystemFacts.Memory systemMemory() {
    return dump.systemMemory()
        .map(
            all ->
                new SystemFacts.Memory(
                    all.physical(), all.available(), all.commit(), all.commitLimit()))
        .orElse(SystemFacts.Memory.UNKNOWN);
  }

  ProcessFacts process() {
    Optional<MiscInfo> misc = dump.miscInfo();
    Optional<ProcessParameters> parameters =
        windows()
            ? ProcessParameters.read(memory, dump.architecture(), dump.threads())
            : Optional.empty();
    Optional<DumpModule> program = program(parameters);
    return new ProcessFacts(
        misc.map(info -> info.processId().orElse(0)).orElse(0L),
        program.map(DumpModule::name).orElse(""),
        program.map(DumpModule::path).orElse(""),
        misc.flatMap(MiscInfo::createTime).map(Instant::toString).orElse(""),
        parameters.map(ProcessParameters::commandLine).orElse(""),
        parameters.map(ProcessParameters::environment).orElse(List.of()),
        resources(misc),
        Rights.of(windows() ? dump.token() : Optional.empty(), misc));
  }

  /** The image the PEB names; else, as writers put it first, the first program. */
  private Optional<DumpModule> program(Optional<ProcessParameters> parameters) {
    List<DumpModule> modules = dump.modules().list();
    String path = parameters.map(ProcessParameters::imagePath).orElse("");
    String name = path.substring(path.lastIndexOf('\\') + 1);
    return modules.stream()
        .filter(module -> !name.isEmpty() && module.name().equalsIgnoreCase(name))
        .findFirst()
        .or(() -> modules.stream().filter(Facts::isProgram).findFirst())
        .or(() -> modules.stream().findFirst());
  }

  private static boolean isProgram(DumpModule module) {
    return module.name().toLowerCase(Locale.ROOT).endsWith(".exe");
  }

  private ProcessFacts.Resources resources(Optional<MiscInfo> misc) {
    Resources used = dump.resources();
    Optional<Handles> handles = dump.handles();
    return new ProcessFacts.Resources(
        used.workingSet(),
        used.peakWorkingSet(),
        used.commit(),
        used.peakCommit(),
        used.jobCommit(),
        used.jobPeakCommit(),
        used.jobCommitLimit(),
        misc.map(info -> info.userSeconds().orElse(0)).orElse(0L),
        misc.map(info -> info.kernelSeconds().orElse(0)).orElse(0L),
        handles.map(Handles::count).orElse(0),
        handles.map(Facts::mostFrequent).orElse(List.of()));
  }

  private static List<ProcessFacts.HandleType> mostFrequent(Handles handles) {
    return handles.types().entrySet().stream()
        .map(type -> new ProcessFacts.HandleType(type.getKey(), type.getValue()))
        .sorted(
            Comparator.comparing(ProcessFacts.HandleType::count)
                .reversed()
                .thenComparing(ProcessFacts.HandleType::type))
        .limit(MOST_HANDLE_TYPES)
        .toList();
  }

  CrashReport.ExceptionFacts exception(ExceptionInfo exception, CrashReason reason) {
    Optional<CpuContext> context = dump.context(exception);
    // Other systems put the address that was accessed where Windows puts the instruction's.
    long address =
        windows() ? exception.address() : context.map(CpuContext::ip).orElse(exception.address());
    Optional<DumpModule> module = dump.modules().find(address);
    return new CrashReport.ExceptionFacts(
        CodeNames.hex(exception.code()),
        reason.name(),
        reason.words(),
        hex(address),
        module.map(DumpModule::name).orElse(""),
        module.map(found -> hex(address - found.base())).orElse(""),
        reason.accessAddress().isPresent() ? hex(reason.accessAddress().getAsLong()) : "",
        exception.threadId(),
        exception.parameters().stream().map(Facts::hex).toList(),
        context.map(Facts::registers).orElse(List.of()));
  }

  private static List<CrashReport.Register> registers(CpuContext context) {
    List<CrashReport.Register> registers = new ArrayList<>();
    registers.add(new CrashReport.Register("ip", hex(context.ip())));
    if (context.registers().size() == 31) {
      registers.add(new CrashReport.Register("sp", hex(context.sp())));
    }
    for (int i = 0; i < context.registers().size(); i++) {
      registers.add(new CrashReport.Register(context.name(i), hex(context.registers().get(i))));
    }
    return registers;
  }

  List<CrashReport.ModuleFacts> modules(Collection<DumpModule> modules) {
    return modules.stream()
        .map(
            module ->
                new CrashReport.ModuleFacts(
                    module.name(),
                    module.path(),
                    hex(module.base()),
                    hex(module.size()),
                    module.version(),
                    hex(module.timestamp()),
                    dump.codeView(module).map(symbols -> symbols.pdb()).orElse(""),
                    dump.codeView(module).map(symbols -> symbols.debugId()).orElse("")))
        .toList();
  }
}
