package io.crashmonitor.minidump.report;

import java.util.List;

/**
 * What one dump says about one crash, ready for JSON (schema version {@value #SCHEMA_VERSION},
 * documented in docs/crash-report.md).
 *
 * <p>Plain records, so that any JSON binding reads and writes them as they are. What is not known
 * is an empty text, an empty list or 0; only whole parts ({@code exception}, {@code
 * crashingThread}) are null in JSON when the dump has none. Addresses and offsets are texts in hex
 * ({@code 0x1400016c0}), because JSON numbers lose bits; times are RFC 3339 in UTC. Readers must
 * tolerate unknown fields: fields are added within a version, never changed or taken away.
 *
 * @param schemaVersion {@value #SCHEMA_VERSION}
 * @param signature grouping key: equal for the same crash in two processes, see
 *     docs/crash-report.md
 * @param summary the crash in one line
 * @param topFrame the first frame that is neither system nor runtime, by the outermost managed
 *     exception or by the crashing thread: {@code app.exe!boom}, {@code Shop.Orders.Place}
 * @param dump the file
 * @param system OS and architecture
 * @param process which process
 * @param exception why the dump was written; null when it was not for an exception
 * @param runtime the managed runtime in the process; null when there is none that can be read
 * @param managed managed exceptions, outermost first
 * @param threads how many threads the process had
 * @param crashingThread the thread of the exception; null when there is none
 * @param otherThreads the others, at most 32 frames each
 * @param modules how many images were loaded
 * @param namedModules those named in frames
 * @param findings what in the dump is broken, missing or cut
 */
public record CrashReport(
    int schemaVersion,
    String signature,
    List<String> signatureParts,
    String summary,
    String topFrame,
    Dump dump,
    SystemFacts system,
    ProcessFacts process,
    ExceptionFacts exception,
    Runtime runtime,
    List<ManagedException> managed,
    int threads,
    ThreadStack crashingThread,
    List<ThreadStack> otherThreads,
    int modules,
    List<ModuleFacts> namedModules,
    List<FindingFacts> findings) {

  /** Version of this shape. */
  public static final int SCHEMA_VERSION = 1;

  /** Copies the lists; a missing one is empty. */
  public CrashReport {
    signatureParts = copy(signatureParts);
    topFrame = text(topFrame);
    managed = copy(managed);
    otherThreads = copy(otherThreads);
    namedModules = copy(namedModules);
    findings = copy(findings);
  }

  static <T> List<T> copy(List<T> list) {
    return list == null ? List.of() : List.copyOf(list);
  }

  /** Texts that were added to the schema are missing in older reports. */
  static String text(String text) {
    return text == null ? "" : text;
  }

  /**
   * The dump's file.
   *
   * @param kind {@code full} with all memory, else {@code mini}
   * @param size in bytes
   * @param time when it was written
   * @param flags MINIDUMP_TYPE in hex
   * @param comment left by the writer (ProcDump: its arguments and the event)
   * @param streams names of the streams in the file
   */
  public record Dump(
      String kind, long size, String time, String flags, String comment, List<String> streams) {
    public Dump {
      streams = copy(streams);
    }
  }

  /**
   * The exception.
   *
   * @param code {@code 0xC0000005}
   * @param name {@code ACCESS_VIOLATION}
   * @param reason in words with its parameters: {@code Access violation: read of 0x10}
   * @param address of the instruction
   * @param module that holds the address; empty when none does
   * @param offset of the address in the module
   * @param accessAddress the address that could not be accessed; empty where it is none such
   * @param threadId the thread
   * @param parameters as raised
   * @param registers of the thread at that moment
   */
  public record ExceptionFacts(
      String code,
      String name,
      String reason,
      String address,
      String module,
      String offset,
      String accessAddress,
      long threadId,
      List<String> parameters,
      List<Register> registers) {
    public ExceptionFacts {
      parameters = copy(parameters);
      registers = copy(registers);
    }
  }

  /** A register's name and value. */
  public record Register(String name, String value) {}

  /**
   * The managed runtime.
   *
   * @param name {@code .NET}
   * @param version {@code 10.0.9}
   * @param source how it was read: {@code contract}, {@code heuristic}, {@code crash-record}
   */
  public record Runtime(String name, String version, String source) {}

  /**
   * A managed exception.
   *
   * @param type full name
   * @param message as stored in the object
   * @param hresult {@code 0x80131500}; empty when not known
   * @param source where it was read: {@code contract}, {@code heuristic}, {@code crash-record},
   *     {@code log}
   * @param frames innermost call first
   */
  public record ManagedException(
      String type, String message, String hresult, String source, List<ManagedFrame> frames) {
    public ManagedException {
      frames = copy(frames);
    }
  }

  /**
   * A frame of a managed exception's stack trace.
   *
   * @param method with its type, made readable: {@code Contoso.Shop.OrderService.Place}
   * @param parameters as the runtime prints them: {@code String sku, Int32 n}; empty also where the
   *     source has none
   * @param assembly file name; empty when not known
   * @param file source file; empty without debug information
   * @param line in that file; 0 without
   * @param endOfPrevious whether "--- End of stack trace from previous location ---" follows
   */
  public record ManagedFrame(
      String method,
      String parameters,
      String assembly,
      String file,
      int line,
      boolean endOfPrevious) {}

  /**
   * A thread's stack.
   *
   * @param id of the operating system
   * @param name if it was given one
   * @param frames innermost first
   * @param truncated whether the stack goes on beyond the frames given
   * @param start function it was created with, as {@code module!function} or {@code
   *     module+0xoffset}; empty when not known
   * @param created when, whole milliseconds; empty when not known
   * @param userMillis CPU time in user mode
   * @param kernelMillis CPU time in the kernel
   */
  public record ThreadStack(
      long id,
      String name,
      List<Frame> frames,
      boolean truncated,
      String start,
      String created,
      long userMillis,
      long kernelMillis) {
    public ThreadStack {
      frames = copy(frames);
      start = text(start);
      created = text(created);
    }
  }

  /**
   * A frame.
   *
   * @param module file name; empty for code outside all modules
   * @param offset of the instruction in the module; without a module its address
   * @param function export or managed method; empty when not known
   * @param functionOffset of the instruction in the function; empty when that is not known
   * @param managed whether it is managed code
   * @param source how far it can be trusted: {@code context} (the registers), {@code unwind} (by
   *     unwind tables), {@code jit} (code that only the managed runtime's tables know), {@code
   *     frame-pointer}, {@code guessed}
   * @param repeats how often this frame and the {@code cycle - 1} after it follow each other; 1
   *     when they do not recur
   * @param cycle how many frames recur; 0 when none
   */
  public record Frame(
      String module,
      String offset,
      String function,
      String functionOffset,
      boolean managed,
      String source,
      int repeats,
      int cycle) {}

  /**
   * A module.
   *
   * @param name file name
   * @param path of the file
   * @param base address
   * @param size of the image
   * @param version of the file
   * @param timestamp of the PE header, in hex; with the size it names the build in symbol servers
   * @param pdb file name of its symbols
   * @param debugId of its symbols: GUID and age as symbol servers write them
   */
  public record ModuleFacts(
      String name,
      String path,
      String base,
      String size,
      String version,
      String timestamp,
      String pdb,
      String debugId) {}

  /** See {@link io.crashmonitor.minidump.reader.Finding}. */
  public record FindingFacts(String part, String position, String message) {}
}
