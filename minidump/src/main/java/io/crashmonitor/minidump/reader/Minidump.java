package io.crashmonitor.minidump.reader;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Function;

/**
 * A Windows minidump, opened: header and directory are read, streams are read when asked for.
 *
 * <p>A stream that is missing or broken is empty to the caller, who goes on without it; what was
 * broken stands in {@link #findings}. Nothing is allocated by a number read from the file before
 * that number is checked. Not safe for use by several threads at once.
 *
 * <p>Format: minidumpapiset.h of the Windows SDK.
 */
public final class Minidump implements Closeable {
  private static final int MOST_COMMENT = 64 * 1024;

  private final ByteSource bytes;
  private final Directory directory;
  private final Findings findings = new Findings();
  private final Map<StreamType, Optional<?>> streams = new HashMap<>();
  private Memory memory;
  private Modules modules;

  private Minidump(ByteSource bytes) {
    this.bytes = bytes;
    this.directory = Directory.read(bytes);
  }

  /**
   * Opens the dump.
   *
   * @throws IOException when the file is missing or may not be read
   * @throws MinidumpException when header or directory are not a minidump's
   */
  public static Minidump open(Path file) throws IOException {
    PagedFile source = PagedFile.open(file);
    try {
      return new Minidump(source);
    } catch (RuntimeException e) {
      source.close();
      throw e;
    }
  }

  /** A dump over any bytes; closing it closes them. */
  public static Minidump of(ByteSource bytes) {
    return new Minidump(bytes);
  }

  /** The whole file. */
  public ByteSource bytes() {
    return bytes;
  }

  /** Header and list of streams. */
  public Directory directory() {
    return directory;
  }

  /** Everything found broken so far; it grows as more is read. */
  public Findings findings() {
    return findings;
  }

  /** OS and architecture. */
  public Optional<SystemInfo> systemInfo() {
    return stream(StreamType.SYSTEM_INFO, entry -> SystemInfo.read(bytes, entry));
  }

  /** Architecture of the process; OTHER where the dump does not tell. */
  public Architecture architecture() {
    return systemInfo().map(SystemInfo::architecture).orElse(Architecture.OTHER);
  }

  /** Process id and times. */
  public Optional<MiscInfo> miscInfo() {
    return stream(StreamType.MISC_INFO, entry -> MiscInfo.read(bytes, entry));
  }

  /** The exception, if the dump was written for one. */
  public Optional<ExceptionInfo> exception() {
    return stream(StreamType.EXCEPTION, entry -> ExceptionInfo.read(bytes, entry, findings));
  }

  /** The threads, in the dump's order; empty where there is no such list. */
  public List<DumpThread> threads() {
    return stream(
            StreamType.THREAD_LIST,
            entry -> DumpThread.readAll(bytes, entries(entry, DumpThread.SIZE, DumpThread.MOST)))
        .orElse(List.of());
  }

  /** The modules. */
  public Modules modules() {
    if (modules == null) {
      modules =
          new Modules(
              stream(
                      StreamType.MODULE_LIST,
                      entry ->
                          DumpModule.readAll(
                              bytes, entries(entry, DumpModule.SIZE, DumpModule.MOST), findings))
                  .orElse(List.of()));
    }
    return modules;
  }

  /** The memory of the process, from all lists of the dump and the threads' stacks. */
  public Memory memory() {
    if (memory == null) {
      List<MemoryRanges> lists = new ArrayList<>();
      stream(StreamType.MEMORY64_LIST, entry -> MemoryLists.full(bytes, entry, findings))
          .ifPresent(lists::add);
      stream(StreamType.MEMORY_LIST, entry -> MemoryLists.small(bytes, entry, findings))
          .ifPresent(lists::add);
      lists.add(MemoryLists.stacks(bytes, threads()));
      memory = new DumpMemory(bytes, lists);
    }
    return memory;
  }

  /** Registers of a thread as the thread list has them. */
  public Optional<CpuContext> context(DumpThread thread) {
    return context("ThreadList", thread.context());
  }

  /** Registers at the exception. */
  public Optional<CpuContext> context(ExceptionInfo exception) {
    return context("Exception", exception.context());
  }

  private Optional<CpuContext> context(String part, Place place) {
    if (place.empty()) {
      return Optional.empty();
    }
    try {
      return CpuContext.read(bytes, architecture(), place);
    } catch (MinidumpException e) {
      findings.add(part, e);
      return Optional.empty();
    }
  }

  /** Names of threads by their id, for those that have one. */
  public Map<Long, String> threadNames() {
    return stream(
            StreamType.THREAD_NAMES,
            entry -> ThreadNames.read(bytes, entries(entry, 12, DumpThread.MOST)))
        .orElse(Map.of());
  }

  /** What the system knew of the threads, by their id. */
  public Map<Long, ThreadInfo> threadInfos() {
    return stream(
            StreamType.THREAD_INFO_LIST,
            entry ->
                ThreadInfo.readAll(bytes, sized(entry, ThreadInfo.SIZE, DumpThread.MOST, false)))
        .orElse(Map.of());
  }

  /** Images that were unloaded before. */
  public List<UnloadedModule> unloadedModules() {
    return stream(
            StreamType.UNLOADED_MODULES,
            entry ->
                UnloadedModule.readAll(
                    bytes, sized(entry, UnloadedModule.SIZE, UnloadedModule.MOST, false)))
        .orElse(List.of());
  }

  /** Unwind entries of code that the program made at run time. */
  public List<DynamicTable> dynamicTables() {
    return stream(StreamType.FUNCTION_TABLE, entry -> DynamicTable.readAll(bytes, entry))
        .orElse(List.of());
  }

  /** State of the region that holds the address, where the dump lists regions. */
  public Optional<MemoryRegion> region(long address) {
    return stream(
            StreamType.MEMORY_INFO_LIST,
            entry -> sized(entry, MemoryRegion.SIZE, MemoryRegion.MOST, true))
        .flatMap(regions -> MemoryRegion.find(bytes, regions, address));
  }

  /** Memory of the process. */
  public Resources resources() {
    return stream(StreamType.PROCESS_VM_COUNTERS, entry -> Resources.counters(bytes, entry))
        .orElse(Resources.UNKNOWN);
  }

  /** Handles of the process. */
  public Optional<Handles> handles() {
    return stream(
        StreamType.HANDLE_DATA,
        entry -> Handles.read(bytes, sized(entry, Handles.SIZE, Handles.MOST, false)));
  }

  /** Memory of the machine. */
  public Optional<SystemMemory> systemMemory() {
    return stream(StreamType.SYSTEM_MEMORY_INFO, entry -> SystemMemory.read(bytes, entry));
  }

  /** As whom the process ran. */
  public Optional<ProcessToken> token() {
    OptionalLong pid = miscInfo().map(MiscInfo::processId).orElse(OptionalLong.empty());
    return stream(StreamType.TOKEN, entry -> ProcessToken.read(bytes, entry, pid))
        .flatMap(token -> token);
  }

  /** What names a module's symbols. */
  public Optional<CodeView> codeView(DumpModule module) {
    return CodeView.read(bytes, module.codeView());
  }

  /** The comment that the dump's writer left; ProcDump puts its arguments and the event here. */
  public Optional<String> comment() {
    return stream(StreamType.COMMENT_W, entry -> Texts.utf16(bytes, entry, MOST_COMMENT))
        .or(() -> stream(StreamType.COMMENT_A, entry -> Texts.latin1(bytes, entry, MOST_COMMENT)));
  }

  /**
   * Reads the first stream of the type once and remembers it. The parser may throw {@link
   * MinidumpException}: it becomes a finding and the stream counts as missing.
   */
  @SuppressWarnings("unchecked")
  <T> Optional<T> stream(StreamType type, Function<StreamEntry, T> parser) {
    Optional<?> known = streams.get(type);
    if (known == null) {
      known = directory.first(type).flatMap(entry -> parse(entry, parser));
      streams.put(type, known);
    }
    return (Optional<T>) known;
  }

  private <T> Optional<T> parse(StreamEntry entry, Function<StreamEntry, T> parser) {
    try {
      return Optional.of(parser.apply(entry));
    } catch (MinidumpException e) {
      findings.add(entry.name(), e);
      return Optional.empty();
    }
  }

  private Shape.Entries entries(StreamEntry entry, int size, int limit) {
    Shape.Entries entries = Shape.entries(bytes, entry, size, limit);
    if (entries.cut()) {
      noteCut(entry, Long.toString(entries.claimed()), entries.count());
    }
    return entries;
  }

  private SizedList sized(StreamEntry entry, int known, int limit, boolean wideCount) {
    SizedList list = SizedList.read(bytes, entry, known, limit, wideCount);
    if (list.cut()) {
      noteCut(entry, Long.toUnsignedString(list.claimed()), list.count());
    }
    return list;
  }

  private void noteCut(StreamEntry entry, String claimed, int count) {
    findings.add(
        Finding.at(
            entry.name(),
            entry.offset(),
            claimed + " entries are claimed, " + count + " could be read"));
  }

  @Override
  public void close() throws IOException {
    bytes.close();
  }
}
